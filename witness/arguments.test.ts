import { describe, expect, test } from "vitest";
import { testLog } from "#lib/testing/tlog/test-log.ts";
import { parseArguments } from "./arguments.ts";

const first = testLog("log.example/1").vkey;
const second = testLog("log.example/2").vkey;
const noFile = (path: string): string => {
  throw new Error(`ENOENT: no such file, open '${path}'`);
};

describe("the witness's command line", () => {
  test("names a folder and the logs' keys, and leaves the rest to be chosen", () => {
    expect(parseArguments(["--state", "w", "--log", first, "--log", second], noFile)).toMatchObject({
      arguments: {
        state: "w",
        host: "127.0.0.1",
        port: 4400,
        name: null,
        logs: [{ name: "log.example/1" }, { name: "log.example/2" }],
      },
    });
  });

  test("takes keys from a file, with remarks and empty lines between", () => {
    const file = `# one\n${first}\n\n  ${second}  \n`;
    const parsed = parseArguments(["--state=w", "--logs", "keys", "--port", "0", "--name", "me"], () => file);
    expect(parsed).toMatchObject({ arguments: { port: 0, name: "me", logs: [{}, {}] } });
  });

  test("is explained when asked", () => {
    expect(parseArguments(["--help"], noFile)).toEqual({ help: true });
  });

  test("probe: says everything that is wrong with it, a sentence for each", () => {
    expect(parseArguments(["--port", "70000"], noFile)).toEqual({
      mistakes: [
        "--state is missing: the folder the witness keeps its keys and its memory in.",
        "--log is missing: the verifier key of a log.",
        "--port is a number from 0 to 65535.",
      ],
    });
    expect(parseArguments(["--state", "w", "--log", "x", "--log", "y", "--logs", "z"], noFile)).toEqual({
      mistakes: [
        "--logs z: ENOENT: no such file, open 'z'",
        "The log key x: A verifier key is written name+keyid+base64, with eight hex digits.",
        "The log key y: A verifier key is written name+keyid+base64, with eight hex digits.",
      ],
    });
    for (const argv of [
      ["--what"],
      ["stray"],
      ["--state"],
      ["--port", "1e3", "--state", "w", "--log", first],
    ]) {
      expect(parseArguments(argv, noFile)).toHaveProperty("mistakes.length", 1);
    }
  });
});
