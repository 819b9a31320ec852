import { describe, expect, test } from "vitest";
import { DEFAULT_PORT, parseArguments } from "./arguments.ts";

describe("the command line", () => {
  test("means up on the usual port with the demo, where nothing is said", () => {
    expect(parseArguments([], {})).toEqual({
      command: "up",
      port: DEFAULT_PORT,
      gatewayPort: DEFAULT_PORT + 10,
      demo: true,
    });
  });

  test.each([
    [["up", "--port", "8080"], { command: "up", port: 8080, gatewayPort: 8090, demo: true }],
    [
      ["dev", "--no-demo"],
      { command: "dev", port: DEFAULT_PORT, gatewayPort: DEFAULT_PORT + 10, demo: false },
    ],
    [["doctor", "--port=1"], { command: "doctor", port: 1, gatewayPort: 11, demo: true }],
    [["--help"], { command: "help", port: DEFAULT_PORT, gatewayPort: DEFAULT_PORT + 10, demo: true }],
    [["up", "-h"], { command: "help", port: DEFAULT_PORT, gatewayPort: DEFAULT_PORT + 10, demo: true }],
  ])("%j is understood", (argv, expected) => {
    expect(parseArguments(argv, {})).toEqual(expected);
  });

  test("takes PORT of the environment where --port is not given", () => {
    expect(parseArguments(["up"], { PORT: "5000" }).port).toBe(5000);
    expect(parseArguments(["up", "--port", "6000"], { PORT: "5000" }).port).toBe(6000);
  });

  test.each(["0", "65536", "80.5", "http", "", "-1"])(
    "refuses the port %j with what would be right",
    (port) => {
      expect(() => parseArguments(["up", `--port=${port}`], {})).toThrow(/takes a number from 1 to 65535/);
    },
  );

  test("takes which evidence is to be reproduced, and nothing that is none", () => {
    expect(parseArguments(["evidence", "reproduce", "evi_1"], {}).evidence).toBe("evi_1");
    for (const words of [
      ["evidence"],
      ["evidence", "reproduce"],
      ["evidence", "reproduce", ""],
      ["evidence", "make", "evi_1"],
    ])
      expect(() => parseArguments(words, {})).toThrow(/evidence takes: reproduce ID/);
  });

  test("takes whether facts are only compared, and nothing else of them", () => {
    expect(parseArguments(["kpis", "recompute"], {}).kpisAct).toEqual({ isCheck: false });
    expect(parseArguments(["kpis", "recompute", "--check"], {}).kpisAct).toEqual({ isCheck: true });
    for (const words of [["kpis"], ["kpis", "check"], ["kpis", "recompute", "now"]])
      expect(() => parseArguments(words, {})).toThrow(/kpis takes: recompute, and perhaps --check/);
  });

  test.each([
    [["log", "new-epoch", "--reason", "restored"], { kind: "new_epoch", reason: "restored" }],
    [["log", "rotate-key"], { kind: "rotate_key" }],
    [["log", "retire-key", "0a1b2c3d"], { kind: "retire_key", keyId: "0a1b2c3d" }],
  ])("%j is an operator's act on the log", (argv, logAct) => {
    expect(parseArguments(argv, {})).toEqual({
      command: "log",
      port: DEFAULT_PORT,
      gatewayPort: DEFAULT_PORT + 10,
      demo: true,
      logAct,
    });
  });

  test("agents add codex adds that program, and nothing is added by another name", () => {
    expect(parseArguments(["agents", "add", "codex"], {})).toMatchObject({
      command: "agents",
      agentsAct: { kind: "add", pin: { program: "codex" } },
    });
    expect(() => parseArguments(["agents", "add", "gemini"], {})).toThrow(/no agent program "gemini".*codex/);
    expect(() => parseArguments(["agents", "add"], {})).toThrow(/no agent program ""/);
    expect(() => parseArguments(["agents", "drop", "codex"], {})).toThrow(/agents takes: add NAME/);
    expect(() => parseArguments(["agents", "add", "codex", "now"], {})).toThrow(/agents takes: add NAME/);
  });

  test.each([
    [["log"], /log takes one of new-epoch/],
    [["log", "new-epoch"], /--reason/],
    [["log", "new-epoch", "--reason", "  "], /--reason/],
    [["log", "retire-key"], /eight hex digits/],
    [["log", "retire-key", "all"], /eight hex digits/],
    [["log", "rotate-key", "now"], /log takes one of/],
    [["log", "delete"], /log takes one of/],
  ])("%j is refused with what would be right", (argv, sentence) => {
    expect(() => parseArguments(argv, {})).toThrow(sentence);
  });

  test("refuses a command or option it does not know, saying which there are", () => {
    expect(() => parseArguments(["down"], {})).toThrow(
      /no command "down"; there are up, dev, doctor, agents, log, evidence, kpis, help/,
    );
    expect(() => parseArguments(["up", "doctor"], {})).toThrow(/no command "up doctor"/);
    expect(() => parseArguments(["up", "--prot", "1"], {})).toThrow(/--prot.*lists the options/s);
    expect(() => parseArguments(["up", "--port"], {})).toThrow(/--port/);
  });
});
