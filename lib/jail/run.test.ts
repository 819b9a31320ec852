import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { specOf, TEST_LIMITS, testSandbox } from "#lib/testing/sandbox.ts";
import { run } from "./run.ts";

const { sandbox } = await testSandbox();
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

describe("running one command", () => {
  test("collects what it said on each stream, and how it ended", async () => {
    const { exit, stdout, stderr, result, dropped } = await run(
      sandbox,
      specOf("echo out; echo err >&2; echo result >&3; exit 2"),
    );
    expect([stdout, stderr, result].map(String)).toEqual(["out\n", "err\n", "result\n"]);
    expect(exit).toMatchObject({ code: 2, signal: null, ended: "itself" });
    expect(dropped).toEqual({ stdout: 0, stderr: 0, result: 0 });
  });

  test("without input its stdin is at its end", async () => {
    const { stdout } = await run(sandbox, specOf("cat; echo end"));
    expect(String(stdout)).toBe("end\n");
  });

  test("feeds text, bytes and streams", async () => {
    const bytes = randomBytes(700_000);
    const chunks = Array.from({ length: 7 }, (_, index) =>
      bytes.subarray(index * 100_000, (index + 1) * 100_000),
    );
    for (const stdin of [bytes, Readable.from(chunks)]) {
      const { stdout } = await run(sandbox, { command: ["cat"], limits: TEST_LIMITS }, { stdin });
      expect(sha256(stdout)).toBe(sha256(bytes));
    }
    expect(String((await run(sandbox, specOf("cat"), { stdin: "text ü" })).stdout)).toBe("text ü");
  });

  test("a command that reads none of its input is no failure", async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(65_536);
      })(),
    );
    const { exit } = await run(sandbox, specOf("exit 6"), { stdin: endless });
    expect(exit).toMatchObject({ code: 6, ended: "itself" });
    const large = await run(sandbox, specOf("exit 0"), { stdin: Buffer.alloc(5_000_000) });
    expect(large.exit.code).toBe(0);
  });

  test("an input that fails ends the command and is thrown", async () => {
    const failing = new Readable({
      read() {
        this.destroy(new Error("the input broke"));
      },
    });
    await expect(run(sandbox, specOf("sleep 60"), { stdin: failing })).rejects.toThrow("the input broke");
  });

  test("an aborted signal ends it, and what it said until then is there", async () => {
    const { exit, stdout } = await run(sandbox, specOf("echo before; sleep 60"), {
      signal: AbortSignal.timeout(500),
    });
    expect([exit.ended, exit.code]).toEqual(["cancelled", null]);
    expect(String(stdout)).toBe("before\n");
  });

  test("one after the other and at the same time", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, async (_, index) =>
        String((await run(sandbox, specOf(`echo ${index}`))).stdout),
      ),
    );
    expect(answers).toEqual(Array.from({ length: 8 }, (_, index) => `${index}\n`));
  });
});
