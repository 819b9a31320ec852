// How a start ends, and that nothing of it is left whatever it did.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { slotBeside, specOf, TEST_LIMITS, testSandbox } from "#lib/testing/sandbox.ts";
import { descendants } from "./bubblewrap/tree.ts";
import { run } from "./run.ts";

const { sandbox, folder } = await testSandbox();

let serial = 0;
/** An argument that no other process on this host has: `sleep` takes it for a number of seconds. */
const newMarker = (): string => `${70_000_000 + process.pid}.${String(++serial).padStart(3, "0")}`;

async function processesWith(marker: string): Promise<string[]> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    names.map((name) => readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "")), // it ended meanwhile
  );
  return lines.filter((line) => line.includes(marker));
}

/** Starts a line of shell and waits for its first output, which says that everything in it runs. */
async function startAndWait(line: string, limits = {}) {
  const started = await sandbox.start(specOf(line, { limits }));
  await once(started.stdout, "data");
  return started;
}

const stubborn = (marker: string) => `
  trap '' TERM INT HUP
  setsid sh -c "trap '' TERM INT HUP; sleep ${marker}; sleep ${marker}" &
  (setsid setsid sh -c "sleep ${marker}; sleep ${marker}" &)
  perl -e 'fork and exit; use POSIX; POSIX::setsid(); exec qw(sleep ${marker})'
  while [ $(ls /proc | grep -c '^[0-9]') -lt 7 ]; do :; done
  echo up
  sleep ${marker}`;

describe("the exit", () => {
  test.each([0, 1, 7, 128, 129, 255])("code %d is passed on", async (code) => {
    const { exit } = await run(sandbox, specOf(`exit ${code}`));
    expect(exit).toMatchObject({ code, signal: null, ended: "itself" });
  });

  test("a command killed inside shows as 128 and the signal", async () => {
    expect((await run(sandbox, specOf("kill -SEGV $$"))).exit).toMatchObject({ code: 139, ended: "itself" });
  });

  test("a command that does not exist is told by its exit and a sentence", async () => {
    const { exit, stderr } = await run(sandbox, { command: ["no-such-command"], limits: TEST_LIMITS });
    expect(exit).toMatchObject({ code: 127, ended: "itself" });
    expect(String(stderr)).toContain("no-such-command: No such file or directory");
  });

  test("a sandbox that cannot be set up is no exit of the command", async () => {
    const started = await sandbox.start(specOf("true", { cwd: "/not/there" }));
    await expect(started.exited).rejects.toThrow(/The sandbox could not be set up: .*\/not\/there/);
    await started.kill();
  });
});

describe("killing", () => {
  test("probe: the whole tree is gone, sessions of its own and ignored signals or not", async () => {
    const marker = newMarker();
    const started = await startAndWait(stubborn(marker));
    expect((await processesWith(marker)).length).toBeGreaterThanOrEqual(4);
    await started.kill();
    expect(await processesWith(marker)).toEqual([]);
    expect(await started.exited).toMatchObject({ code: null, signal: "SIGKILL", ended: "cancelled" });
  });

  test("probe: what the command left in the background dies with it", async () => {
    const marker = newMarker();
    const line = `setsid sh -c "trap '' TERM HUP; sleep ${marker}; :" & sleep ${marker} & (sleep ${marker} &); exit 3`;
    const { exit } = await run(sandbox, specOf(line));
    expect(exit.code).toBe(3);
    expect(await processesWith(marker)).toEqual([]);
  });

  test("twice, at once and after the end is fine and changes nothing", async () => {
    const started = await startAndWait("echo up; sleep 60");
    await Promise.all([started.kill(), started.kill()]);
    await started.kill();
    expect((await started.exited).ended).toBe("cancelled");
    const over = await sandbox.start(specOf("exit 5"));
    await over.exited;
    await over.kill();
    expect(await over.exited).toMatchObject({ code: 5, ended: "itself" });
  });

  test("right after the start leaves nothing", async () => {
    const marker = newMarker();
    for (let round = 0; round < 10; round++) {
      const started = await sandbox.start(specOf(`sleep ${marker}`));
      await started.kill();
      expect((await started.exited).ended).toBe("cancelled");
    }
    expect(await processesWith(marker)).toEqual([]);
  });

  test("an aborted signal kills, before or during the run", async () => {
    const controller = new AbortController();
    const started = await sandbox.start(specOf("echo up; sleep 60"), { signal: controller.signal });
    await once(started.stdout, "data");
    controller.abort();
    expect((await started.exited).ended).toBe("cancelled");
    const late = sandbox.start(specOf("true"), { signal: AbortSignal.abort(new Error("too late")) });
    await expect(late).rejects.toThrow("too late");
  });

  test("several at once are told apart", async () => {
    const [one, other] = await Promise.all([
      startAndWait("echo up; sleep 60"),
      startAndWait("echo up; read x; exit 9"),
    ]);
    await one.kill();
    other.stdin.end("\n");
    expect((await other.exited).code).toBe(9);
  });

  test("probe: kill -9 of the process that started it leaves nothing", async () => {
    const marker = newMarker();
    const script = `
      import { createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
      const sandbox = await createSandbox({ slot: ${slotBeside()}, stateDirectory: ${JSON.stringify(join(folder, "state"))} });
      const spec = { command: ["sh", "-c", ${JSON.stringify(stubborn(marker))}], limits: ${JSON.stringify(TEST_LIMITS)} };
      const started = await sandbox.start(spec);
      started.stdout.once("data", () => console.log("up"));
    `;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(createInterface({ input: child.stdout }), "line");
    const below = await descendants(child.pid ?? 0);
    expect((await processesWith(marker)).length).toBeGreaterThanOrEqual(4);
    child.kill("SIGKILL");
    await expect.poll(() => processesWith(marker), { timeout: 20_000 }).toEqual([]);
    const isThere = (pid: number) =>
      readFile(`/proc/${pid}/stat`, "utf8").then(
        (stat) => !/\) [ZX] /.test(stat),
        () => false,
      );
    await expect
      .poll(async () => (await Promise.all(below.map(isThere))).some(Boolean), { timeout: 20_000 })
      .toBe(false);
  });
});

describe("pausing", () => {
  const echo = "while read line; do echo $line; done";

  test("stops the whole tree until it is resumed", async () => {
    const started = await sandbox.start(specOf(`echo up; sh -c '${echo}'`));
    const lines = createInterface({ input: started.stdout });
    await once(lines, "line");
    await started.pause();
    started.stdin.write("ping\n");
    const answer = once(lines, "line");
    const silence = systemClock.sleep(300).then(() => "silence");
    expect(await Promise.race([answer, silence])).toBe("silence");
    await started.resume();
    expect(await answer).toEqual(["ping"]);
    started.stdin.end();
    expect((await started.exited).code).toBe(0);
  });

  test("a paused tree can be killed", async () => {
    const marker = newMarker();
    const started = await startAndWait(stubborn(marker));
    await started.pause();
    await started.kill();
    expect(await processesWith(marker)).toEqual([]);
  });

  test("a paused tree does not outlive its time", async () => {
    const started = await startAndWait("echo up; sleep 60", { seconds: 1 });
    await started.pause();
    expect((await started.exited).ended).toBe("time");
  });

  test("after the end nothing is left to pause", async () => {
    const started = await sandbox.start(specOf("true"));
    await started.exited;
    await started.pause();
    await started.resume();
  });
});
