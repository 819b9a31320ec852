import { describe, expect, test } from "vitest";
import type { RunResult } from "#lib/jail/run.ts";
import { either, endedBy, says, verdictOf } from "./attempt.ts";

const result = (stdout: string, changes: Partial<RunResult["exit"]> = {}, third = ""): RunResult => ({
  exit: { code: 1, signal: null, ended: "itself", milliseconds: 1, ...changes },
  stdout: Buffer.from(stdout),
  stderr: Buffer.alloc(0),
  result: Buffer.from(third),
  dropped: { stdout: 0, stderr: 0, result: 0 },
});

const refused = says(/not permitted/);

describe("a verdict", () => {
  test("is stopped where the wall answered as expected, and says how", () => {
    expect(
      verdictOf(refused, result("trying\nmount: not permitted\nsee the manual\n"), "s3cret", null),
    ).toEqual({
      stopped: true,
      by: "mount: not permitted",
    });
    const bomb = either(says(/Out of memory/), endedBy("memory"));
    expect(verdictOf(bomb, result("", { ended: "memory", code: null }), "s3cret", null)).toEqual({
      stopped: true,
      by: "ended by the sandbox: memory",
    });
  });

  test("is no success where a tool was merely missing: an unexpected answer is an escape until it is looked at", () => {
    expect(verdictOf(refused, result("sh: mount: not found"), "s3cret", null).stopped).toBe(false);
    expect(verdictOf(refused, result("", { code: 0 }), "s3cret", null)).toMatchObject({
      stopped: false,
      what: expect.stringContaining("code 0"),
    });
  });

  test.each([
    ["its output", result("not permitted\ns3cret")],
    ["the result pipe", result("not permitted", {}, "xs3cretx")],
  ])("is an escape where the secret is in %s, whatever else was said", (_, seen) => {
    expect(verdictOf(refused, seen, "s3cret", null)).toEqual({
      stopped: false,
      what: "the host's secret was read",
    });
  });

  test("is an escape where the host was found changed", () => {
    expect(verdictOf(refused, result("not permitted"), "s3cret", "a file appeared")).toEqual({
      stopped: false,
      what: "a file appeared",
    });
  });
});
