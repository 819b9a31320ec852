import { describe, expect, test } from "vitest";
import { readEnv } from "./env.ts";

const usable = {
  PILOTHOUSE_PLANE_URL: "https://pilothouse.example",
  PILOTHOUSE_RUNNER_STATE: "/var/lib/pilothouse/runner",
  PILOTHOUSE_AGENTS: "/var/lib/pilothouse/agents",
  PILOTHOUSE_ENROLMENT_FILE: "/var/lib/pilothouse/enrolment",
  PILOTHOUSE_RUNNER_NAME: "runner-1",
  PILOTHOUSE_RUNNER_PHASES: "agent, verify",
  PILOTHOUSE_RUNNER_SLOT: "3",
};

describe("the runner's environment", () => {
  test("is read once into plain values", () => {
    expect(readEnv(usable)).toEqual({
      planeUrl: "https://pilothouse.example",
      stateFolder: "/var/lib/pilothouse/runner",
      agentsFolder: "/var/lib/pilothouse/agents",
      enrolmentFile: "/var/lib/pilothouse/enrolment",
      name: "runner-1",
      phases: ["agent", "verify"],
      slot: 3,
    });
  });

  test("needs neither agent programs, an enrolment file nor a slot", () => {
    const { PILOTHOUSE_RUNNER_SLOT: _slot, PILOTHOUSE_AGENTS: _agents, ...more } = usable;
    const { PILOTHOUSE_ENROLMENT_FILE: _file, ...rest } = more;
    expect(readEnv(rest)).toMatchObject({ agentsFolder: null, enrolmentFile: null, slot: 0 });
  });

  test("takes a phase named twice once", () => {
    expect(readEnv({ ...usable, PILOTHOUSE_RUNNER_PHASES: "verify,verify" }).phases).toEqual(["verify"]);
  });

  test("names every variable that is wrong at once", () => {
    const wrong = { ...usable, PILOTHOUSE_RUNNER_STATE: "state", PILOTHOUSE_RUNNER_NAME: "Runner 1" };
    expect(() => readEnv(wrong)).toThrow(/PILOTHOUSE_RUNNER_STATE.*PILOTHOUSE_RUNNER_NAME/);
    expect(() => readEnv({})).toThrow(/PLANE_URL.*RUNNER_STATE.*RUNNER_NAME.*RUNNER_PHASES/);
  });

  test.each(["http://127.0.0.1:4300", "http://localhost:4300", "http://[::1]:4300", "https://10.0.0.1/"])(
    "reaches a plane at %s",
    (url) => {
      expect(readEnv({ ...usable, PILOTHOUSE_PLANE_URL: url }).planeUrl).toBe(new URL(url).origin);
    },
  );

  test.each([
    "http://pilothouse.example",
    "http://127.0.0.1.example",
    "http://10.0.0.1:4300",
    "https://user:word@pilothouse.example",
    "https://pilothouse.example/api",
    "https://pilothouse.example/?a=b",
    "ftp://pilothouse.example",
    "pilothouse.example",
    "",
  ])("probe: refuses a plane at %j", (url) => {
    expect(() => readEnv({ ...usable, PILOTHOUSE_PLANE_URL: url })).toThrow("PILOTHOUSE_PLANE_URL");
  });

  test.each(["", "agent,deploy", ","])("probe: refuses the phases %j", (text) => {
    expect(() => readEnv({ ...usable, PILOTHOUSE_RUNNER_PHASES: text })).toThrow("PILOTHOUSE_RUNNER_PHASES");
  });

  test.each(["-1", "64", "1.5", "one"])("probe: refuses the slot %j", (text) => {
    expect(() => readEnv({ ...usable, PILOTHOUSE_RUNNER_SLOT: text })).toThrow("PILOTHOUSE_RUNNER_SLOT");
  });
});
