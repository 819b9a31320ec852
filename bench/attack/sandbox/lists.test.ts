// The lists of attempts, without a sandbox: what they would call an escape.
import { describe, expect, test } from "vitest";
import { refusalOf } from "#lib/jail/bubblewrap/spec.ts";
import type { RunResult } from "#lib/jail/run.ts";
import { type Bait, verdictOf } from "./attempt.ts";
import { exhaustionAttempts, stayingAttempts } from "./exhausting.ts";
import { privilegeAttempts, systemCallAttempts } from "./inward.ts";
import { fileAttempts, networkAttempts, processAttempts } from "./outward.ts";

const bait: Bait = {
  ...{ secretFile: "/tmp/bait/secret", secret: "s3cret", openFolder: "/tmp", writable: "/tmp/bait/writable" },
  ...{ port: 4000, abstractSocket: "bait", pid: 4711, marker: "80000000.125" },
};

const attempts = [
  ...networkAttempts(bait),
  ...fileAttempts(bait),
  ...processAttempts(bait),
  ...privilegeAttempts(),
  ...systemCallAttempts(),
  ...exhaustionAttempts(),
  ...stayingAttempts(bait),
];

const result = (stdout: string, ended: RunResult["exit"]["ended"] = "itself"): RunResult => ({
  exit: { code: 0, signal: null, ended, milliseconds: 1 },
  stdout: Buffer.from(stdout),
  stderr: Buffer.alloc(0),
  result: Buffer.alloc(0),
  dropped: { stdout: 0, stderr: 0, result: 0 },
});

const names = attempts.map(({ group, name }) => `${group}: ${name}`);

describe("the attempts on a sandbox", () => {
  test("have names of their own, and cover every kind of wall", () => {
    expect(new Set(names).size).toBe(attempts.length);
    expect([...new Set(attempts.map(({ group }) => group))]).toEqual([
      ...["network", "host files", "host processes", "privileges"],
      ...["system calls", "exhaustion", "staying behind"],
    ]);
  });

  test("are specs that the sandbox runs: none is stopped by being refused beforehand", () => {
    expect(attempts.map(({ spec }) => refusalOf(spec)).filter((refusal) => refusal !== null)).toEqual([]);
  });

  test.each(attempts.map((attempt, index) => [names[index], attempt] as const))(
    "probe: %s in silence and with success is an escape",
    (_, { stopped }) => {
      expect(verdictOf(stopped, result(""), bait.secret, null).stopped).toBe(false);
      expect(verdictOf(stopped, result("done, all of it\n"), bait.secret, null).stopped).toBe(false);
    },
  );

  test.each(attempts.map((attempt, index) => [names[index], attempt] as const))(
    "probe: %s that shows the secret is an escape",
    (_, { stopped }) => {
      const shown = result(`not permitted\n${bait.secret}\n`);
      expect(verdictOf(stopped, shown, bait.secret, null).stopped).toBe(false);
    },
  );
});
