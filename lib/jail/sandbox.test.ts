// A sandbox as a whole: what it refuses to be made from, what it prepares, what it leaves behind.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { AppError } from "#lib/errors.ts";
import { openFolder, slotBeside, specOf, TEST_LIMITS, testSandbox, testSlot } from "#lib/testing/sandbox.ts";
import { probeHost } from "./bubblewrap/host.ts";
import { createSandbox } from "./bubblewrap/sandbox.ts";
import { descendants } from "./bubblewrap/tree.ts";
import { findCgroups } from "./cgroups/open.ts";
import { run } from "./run.ts";

const { sandbox, folder } = await testSandbox();
const isRoot = process.geteuid?.() === 0;

const ownGroups = async () => {
  const { cgroups } = await findCgroups();
  const names = (await cgroups?.list()) ?? [];
  return names.filter((name) => name.includes(`-${process.pid}-`));
};

/** The shells of this process that wait to become a sandbox. */
async function waitingStarters(): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await descendants(process.pid)) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""); // it ended meanwhile
    if (command.startsWith("/bin/sh\0-c\0plan=")) found.push(pid);
  }
  return found;
}

describe("making a sandbox", () => {
  test("takes the tier and what is missing from the host", async () => {
    const { tier, missing } = await probeHost();
    expect(sandbox).toMatchObject({ tier, missing, uid: isRoot ? 61_000 + testSlot() : null });
    expect(missing.length === 0).toBe(tier === "strong");
  });

  test.each([-1, 184, 1.5, Number.NaN])("probe: there is no slot %s", async (slot) => {
    await expect(createSandbox({ slot, stateDirectory: folder })).rejects.toThrow(
      "A sandbox slot is a number from 0 to 183",
    );
  });

  test.runIf(isRoot)(
    "a state directory that the slot's user cannot enter is refused with the remedy",
    async () => {
      const closed = await openFolder();
      afterAll(() => rm(closed, { recursive: true, force: true }));
      await chmod(closed, 0o700);
      const made = createSandbox({ slot: testSlot(), stateDirectory: join(closed, "state") });
      await expect(made).rejects.toThrow(`run chmod o+x ${closed}`);
      await expect(made).rejects.toBeInstanceOf(AppError);
    },
  );
});

describe("starting", () => {
  test("many at once leaves one starter waiting and no group", async () => {
    await Promise.all(Array.from({ length: 5 }, () => run(sandbox, specOf("true"))));
    await expect.poll(waitingStarters).toHaveLength(1);
    if (sandbox.tier === "strong") await expect.poll(ownGroups).toHaveLength(1);
  });

  test("probe: a starter that was killed while it waited is replaced", async () => {
    await run(sandbox, specOf("true"));
    await expect.poll(waitingStarters).toHaveLength(1);
    const pids = await waitingStarters();
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await expect.poll(() => pids.some((pid) => existsSync(`/proc/${pid}`))).toBe(false);
    expect(String((await run(sandbox, specOf("echo fine"))).stdout)).toBe("fine\n");
  });

  test("a refused spec uses nothing up", async () => {
    await run(sandbox, specOf("true"));
    await expect.poll(waitingStarters).toHaveLength(1);
    const before = await waitingStarters();
    await expect(sandbox.start({ command: [], limits: TEST_LIMITS })).rejects.toThrow();
    expect(await waitingStarters()).toEqual(before);
  });

  test("descriptors of this process do not grow with the number of starts", async () => {
    const count = async () => (await readdir("/proc/self/fd")).length;
    for (let round = 0; round < 3; round++) await run(sandbox, specOf("true"));
    await expect.poll(waitingStarters).toHaveLength(1);
    const before = await count();
    for (let round = 0; round < 8; round++) await run(sandbox, specOf("true"));
    await expect.poll(waitingStarters).toHaveLength(1);
    await expect.poll(count).toBeLessThanOrEqual(before + 2);
  });
});

describe("closing", () => {
  test("ends what waits and leaves nothing; what runs goes on", async () => {
    const state = join(folder, "closing");
    await mkdir(state);
    const other = await createSandbox({ slot: testSlot(), stateDirectory: state });
    const started = await other.start(specOf("read line; exit 8"));
    await other.close();
    await other.close();
    await expect.poll(waitingStarters).toHaveLength(1); // the other sandbox's
    started.stdin.end("\n");
    expect((await started.exited).code).toBe(8);
  });

  test("a program that forgets to close still ends, and its starter with it", async () => {
    const script = `
      import { createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
      import { run } from "#lib/jail/run.ts";
      const sandbox = await createSandbox({ slot: ${slotBeside()}, stateDirectory: ${JSON.stringify(join(folder, "state"))} });
      await run(sandbox, { command: ["true"], limits: ${JSON.stringify(TEST_LIMITS)} });
    `;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
      stdio: "inherit",
    });
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test.runIf(sandbox.tier === "strong")(
    "groups of a process that was killed are removed by the next sandbox",
    async () => {
      const { cgroups } = await findCgroups();
      const gone = spawn("true");
      await once(gone, "exit");
      const left = `pilothouse-${testSlot()}-${gone.pid}-0`;
      await cgroups?.create(left);
      const next = await createSandbox({ slot: testSlot(), stateDirectory: join(folder, "state") });
      expect(await cgroups?.list()).not.toContain(left);
      await next.close();
    },
  );
});
