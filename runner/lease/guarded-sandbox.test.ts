import { describe, expect, test } from "vitest";
import type { Sandbox, SandboxProcess } from "#lib/jail/port.ts";
import { TEST_LIMITS } from "#lib/testing/runner/parts.ts";
import { createPlainSandbox } from "#lib/testing/runner/plain-sandbox.ts";
import { guardSandbox } from "./guarded-sandbox.ts";

const SLEEP = { command: ["sleep", "1000"], limits: TEST_LIMITS };
const OVER = new Error("The lease is over.");

/** A sandbox whose starts take as long as the test wants. */
function slowSandbox() {
  const plain = createPlainSandbox();
  const go = Promise.withResolvers<void>();
  const sandbox: Sandbox = {
    ...plain,
    async start(spec, options) {
      await go.promise;
      return plain.start(spec, options);
    },
  };
  return { plain, sandbox, go };
}

/** Whether the promise has settled by the time everything that was ready has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const later = new Promise((resolve) => setTimeout(resolve, 50, "later"));
  const outcome = await Promise.race([
    promise.then(
      () => "settled",
      () => "settled",
    ),
    later,
  ]);
  return outcome === "settled";
}

describe("a guarded sandbox", () => {
  test("kills everything that runs and starts nothing afterwards", async () => {
    const plain = createPlainSandbox();
    const guarded = guardSandbox(plain);
    const processes = [await guarded.start(SLEEP), await guarded.start(SLEEP)];
    await guarded.killAll(OVER);
    expect(plain.live.size).toBe(0);
    for (const process of processes) expect(await process.exited).toMatchObject({ ended: "cancelled" });
    await expect(guarded.start(SLEEP)).rejects.toBe(OVER);
  });

  test("keeps the first reason when it is killed twice", async () => {
    const guarded = guardSandbox(createPlainSandbox());
    await guarded.killAll(OVER);
    await guarded.killAll(new Error("again"));
    await expect(guarded.start(SLEEP)).rejects.toBe(OVER);
  });

  test("catches a start that is under way during the kill", async () => {
    const { plain, sandbox, go } = slowSandbox();
    const guarded = guardSandbox(sandbox);
    const starting = guarded.start(SLEEP);
    const refusal = expect(starting).rejects.toBe(OVER);
    const killing = guarded.killAll(OVER);
    go.resolve();
    await killing;
    await refusal;
    expect(plain.calls).toContain("kill");
    expect(plain.live.size).toBe(0);
  });

  test("stops a process that finishes starting during a pause", async () => {
    const { plain, sandbox, go } = slowSandbox();
    const guarded = guardSandbox(sandbox);
    const starting = guarded.start(SLEEP);
    await guarded.pauseAll();
    go.resolve();
    await starting;
    expect(plain.calls).toEqual(["start", "pause"]);
    await guarded.killAll(OVER);
  });

  test("lets a start wait for the end of the pause", async () => {
    const plain = createPlainSandbox();
    const guarded = guardSandbox(plain);
    await guarded.pauseAll();
    const starting = guarded.start(SLEEP);
    expect(await isSettled(starting)).toBe(false);
    expect(plain.calls).toEqual([]);
    await guarded.resumeAll();
    await starting;
    expect(plain.calls).toEqual(["start"]);
    await guarded.killAll(OVER);
  });

  test("refuses a start that waits in a pause when everything is killed", async () => {
    const guarded = guardSandbox(createPlainSandbox());
    await guarded.pauseAll();
    const refusal = expect(guarded.start(SLEEP)).rejects.toBe(OVER);
    await guarded.killAll(OVER);
    await refusal;
  });

  test("really stops and goes on", async () => {
    const guarded = guardSandbox(createPlainSandbox());
    const process: SandboxProcess = await guarded.start({ command: ["cat"], limits: TEST_LIMITS });
    const chunks: string[] = [];
    process.stdout.on("data", (chunk) => chunks.push(String(chunk)));
    await guarded.pauseAll();
    process.stdin.end("while it was stopped");
    expect(await isSettled(process.exited)).toBe(false);
    expect(chunks).toEqual([]);
    await guarded.resumeAll();
    await process.exited;
    expect(chunks.join("")).toBe("while it was stopped");
  });

  test("pauses and resumes once, however often it is asked", async () => {
    const plain = createPlainSandbox();
    const guarded = guardSandbox(plain);
    await guarded.start(SLEEP);
    await guarded.resumeAll();
    await guarded.pauseAll();
    await guarded.pauseAll();
    await guarded.resumeAll();
    await guarded.resumeAll();
    expect(plain.calls).toEqual(["start", "pause", "resume"]);
    await guarded.killAll(OVER);
  });

  test("passes on a start that fails and forgets a process that ended", async () => {
    const plain = createPlainSandbox();
    const guarded = guardSandbox(plain);
    const failing = guardSandbox({ ...plain, start: () => Promise.reject(new Error("no sandbox")) });
    await expect(failing.start(SLEEP)).rejects.toThrow("no sandbox");
    await failing.killAll(OVER);
    await (await guarded.start({ command: ["true"], limits: TEST_LIMITS })).exited;
    await guarded.killAll(OVER);
    expect(plain.calls).toEqual(["start"]);
  });

  test("says so when a process cannot be killed", async () => {
    const plain = createPlainSandbox();
    const stuck = guardSandbox({
      ...plain,
      async start(spec) {
        const process = await plain.start(spec);
        return {
          ...process,
          kill: () => process.kill().then(() => Promise.reject(new Error("still there"))),
        };
      },
    });
    await stuck.start(SLEEP);
    await expect(stuck.killAll(OVER)).rejects.toThrow("still there");
  });
});
