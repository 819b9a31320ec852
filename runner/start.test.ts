import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  agentAssignment,
  fastClock,
  SUMMARY,
  testFolder,
  testLogger,
  until,
  verifyAssignment,
} from "#lib/testing/runner/parts.ts";
import { createPlainSandbox } from "#lib/testing/runner/plain-sandbox.ts";
import { type ScriptedPlane, startScriptedPlane, TOKEN } from "#lib/testing/runner/scripted-plane.ts";
import type { RunnerEnv } from "./env.ts";
import type { Work } from "./lease/lease.ts";
import { type RunnerParts, startRunner } from "./start.ts";

let plane: ScriptedPlane;
let home: string;

beforeEach(async () => {
  plane = await startScriptedPlane();
  onTestFinished(() => plane.close());
  home = testFolder();
  writeFileSync(join(home, "enrolment"), `${TOKEN}\n`, { mode: 0o600 });
});

interface Started {
  readonly done: Promise<void>;
  readonly lines: Record<string, unknown>[];
  /** Shuts the runner down and waits for it. */
  stop(): Promise<void>;
}

const idle: Work = async ({ assignment }) => ({
  outcome: "no_change",
  attempt: assignment.attempt,
  summary: SUMMARY,
});

function start(env: Partial<RunnerEnv> = {}, parts: Partial<RunnerParts> = {}): Started {
  const shutdown = new AbortController();
  const { logger, lines } = testLogger();
  const done = startRunner({
    env: {
      planeUrl: plane.url,
      stateFolder: join(home, "state"),
      agentsFolder: null,
      enrolmentFile: join(home, "enrolment"),
      name: "runner-1",
      phases: ["agent"],
      slot: 0,
      ...env,
    },
    sandbox: createPlainSandbox(),
    work: idle,
    logger,
    shutdown: shutdown.signal,
    steady: fastClock(10),
    ...parts,
  });
  onTestFinished(() => shutdown.abort());
  return {
    done,
    lines,
    async stop() {
      shutdown.abort();
      await done;
    },
  };
}

const polls = () => plane.requests.filter(({ path }) => path === "/lease").length;
const messages = ({ lines }: Started) => lines.map(({ msg }) => msg);

describe("a runner's start", () => {
  test("registers once and not again at the next start", async () => {
    const first = start();
    await until(() => polls() > 0);
    await first.stop();
    const second = start({ enrolmentFile: null });
    const before = polls();
    await until(() => polls() > before);
    await second.stop();
    expect(plane.registrations).toHaveLength(1);
    expect(plane.registrations[0]).toMatchObject({
      version: 1,
      name: "runner-1",
      phases: ["agent"],
      tier: "weak",
      tierMissing: ["This sandbox limits nothing."],
      slots: 1,
    });
  });

  test("asks again with the same key when the answer to the registration was lost", async () => {
    plane.fault = ({ path, nth }) => (path === "/register" && nth === 1 ? "drop_answer" : null);
    const started = start();
    await until(() => polls() > 0);
    await started.stop();
    expect(plane.registrations).toHaveLength(1);
    expect(plane.requests.filter(({ path }) => path === "/register")).toHaveLength(2);
  });

  test("waits for a plane that is not up yet", async () => {
    plane.fault = ({ path, nth }) => (path === "/register" && nth < 4 ? "drop_request" : null);
    const started = start();
    await until(() => polls() > 0);
    await started.stop();
    expect(messages(started)).toContain("registering: no answer yet, trying again");
  });

  test("that never finds a plane still ends at shutdown", async () => {
    plane.fault = () => "drop_request";
    const started = start();
    await until(() => plane.requests.length > 1);
    await started.stop();
  });

  test("with a token the plane refuses ends with the plane's sentence", async () => {
    writeFileSync(join(home, "enrolment"), `${"x".repeat(30)}\n`);
    await expect(start().done).rejects.toThrow("The enrolment token is not valid.");
  });

  test.each<[string, Partial<RunnerEnv>, string]>([
    ["no token's file", { enrolmentFile: null }, "Set PILOTHOUSE_ENROLMENT_FILE"],
    [
      "a token's file that is not there",
      { enrolmentFile: "/nowhere/token" },
      "There is no enrolment token at /nowhere/token.",
    ],
  ])("with %s says what is missing", async (_name, env, sentence) => {
    await expect(start(env).done).rejects.toThrow(sentence);
    expect(plane.registrations).toEqual([]);
  });

  test("probe: with a token others could read does not use it", async () => {
    const open = join(home, "open");
    writeFileSync(open, TOKEN, { mode: 0o644 });
    await expect(start({ enrolmentFile: open }).done).rejects.toThrow("chmod 600");
    const short = join(home, "short");
    writeFileSync(short, "abc", { mode: 0o600 });
    await expect(start({ enrolmentFile: short }).done).rejects.toThrow("does not hold an enrolment token");
    expect(plane.registrations).toEqual([]);
  });

  test("is refused while another process works with the same identity", async () => {
    const first = start();
    await until(() => polls() > 0);
    await expect(start().done).rejects.toThrow("Another runner already works with the state folder");
    const beside = start({ name: "runner-2", phases: ["verify"] });
    await until(() => plane.registrations.length === 2);
    const [one, two] = plane.registrations;
    expect(two?.hostId).toBe(one?.hostId);
    await first.stop();
    await beside.stop();
  });

  test("removes what a killed runner left behind", async () => {
    const left = join(home, "state", "runner-1", "leases", "lease-old");
    for (const folder of [join(home, "state"), join(home, "state", "runner-1")])
      mkdirSync(folder, { mode: 0o700 });
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, "base.bundle"), "old");
    const started = start();
    await until(() => polls() > 0);
    await started.stop();
    expect(existsSync(left)).toBe(false);
  });
});

describe("asking for work", () => {
  test("does one lease after the other, and asks again", async () => {
    plane.offers.push(agentAssignment({ leaseId: "lse_1" }), agentAssignment({ leaseId: "lse_2" }));
    const started = start();
    await until(() => plane.finished.length === 2);
    const before = polls();
    await until(() => polls() > before);
    await started.stop();
    expect(plane.finished.map(({ leaseId }) => leaseId)).toEqual(["lse_1", "lse_2"]);
    expect(readdirSync(join(home, "state", "runner-1", "leases"))).toEqual([]);
  });

  test("goes on after an outage", async () => {
    plane.fault = ({ path, nth }) => (path === "/lease" && nth < 4 ? "drop_request" : null);
    plane.offers.push(agentAssignment());
    const started = start();
    await until(() => plane.finished.length === 1);
    await started.stop();
    expect(messages(started)).toContain("no work could be asked for, trying again");
  });

  test("says clearly that its key is not accepted, and takes work again once it is", async () => {
    const error = { code: "unauthenticated", message: "This runner was revoked.", requestId: "req_1" };
    plane.fault = ({ path, nth }) =>
      path === "/lease" && nth < 3 ? { status: 401, body: JSON.stringify({ error }) } : null;
    plane.offers.push(agentAssignment());
    const started = start();
    await until(() => plane.finished.length === 1);
    await started.stop();
    const told = started.lines.filter(({ code }) => code === "unauthenticated");
    expect(told).toHaveLength(2);
    expect(told[0]).toMatchObject({
      level: 50,
      reason: "This runner was revoked. (request req_1)",
      msg: expect.stringContaining("does not accept this runner's key"),
    });
  });

  test("says how wrong the clock is when that is why", async () => {
    const started = start({}, { clock: { now: () => Date.now() - 600_000, sleep: () => Promise.resolve() } });
    await until(() => started.lines.some(({ code }) => code === "unauthenticated"));
    await started.stop();
    const told = started.lines.find(({ code }) => code === "unauthenticated");
    expect(told?.reason).toMatch(/The clocks of runner and control plane differ by \d{3} seconds/);
  });

  test("gives back a lease of a phase it does not do, or that it cannot read", async () => {
    plane.offers.push(verifyAssignment({ leaseId: "lse_1" }), {
      ...agentAssignment({ leaseId: "lse_2" }),
      phase: "deploy",
    });
    const started = start();
    await until(() => plane.finished.length === 2);
    await started.stop();
    expect(plane.finished.map(({ finish }) => finish)).toMatchObject([
      { outcome: "failed", reason: "This runner does not do the phase verify." },
      { outcome: "failed", reason: expect.stringContaining("does not understand the assignment") },
    ]);
  });

  test("probe: a plane that answers nonsense is asked ever more slowly", async () => {
    plane.fault = ({ path }) => (path === "/lease" ? { status: 200, body: "[]" } : null);
    const started = start();
    await until(
      () => started.lines.filter(({ msg }) => msg === "no work could be asked for, trying again").length >= 3,
    );
    await started.stop();
    const waits = started.lines.flatMap(({ seconds }) => (typeof seconds === "number" ? [seconds] : []));
    expect(waits[0]).toBeGreaterThanOrEqual(0.1);
    expect(waits[2]).toBeGreaterThanOrEqual(0.5);
  });

  test("ends the run at hand at shutdown and asks for no other", async () => {
    const begun = Promise.withResolvers<void>();
    const endless: Work = ({ life }) => {
      begun.resolve();
      return new Promise((_resolve, reject) =>
        life.over.addEventListener("abort", () => reject(life.over.reason)),
      );
    };
    plane.offers.push(agentAssignment(), agentAssignment({ leaseId: "lse_2" }));
    const started = start({}, { work: endless });
    await begun.promise;
    await started.stop();
    expect(plane.finished).toEqual([]);
    expect(plane.offers).toHaveLength(1);
  });

  test("ends the runner when a sandbox process cannot be killed", async () => {
    const plain = createPlainSandbox();
    const stuck: RunnerParts["sandbox"] = {
      ...plain,
      async start(spec) {
        const process = await plain.start(spec);
        return {
          ...process,
          kill: () => process.kill().then(() => Promise.reject(new Error("still there"))),
        };
      },
    };
    const forgetful: Work = async (lease) => {
      await lease.sandbox.start({ command: ["sleep", "1000"], limits: lease.assignment.limits });
      return idle(lease);
    };
    plane.offers.push(agentAssignment());
    await expect(start({}, { sandbox: stuck, work: forgetful }).done).rejects.toThrow("still there");
  });
});
