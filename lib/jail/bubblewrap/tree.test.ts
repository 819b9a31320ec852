import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { descendants, identify, isAlive, killFrom, killIdentified, signalDescendants } from "./tree.ts";

/** A shell with two more generations below it. */
async function family(): Promise<{ root: number; exit: Promise<unknown[]> }> {
  const child = spawn("sh", ["-c", "setsid sh -c 'sleep 1000 & echo up; wait' & wait"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(child.stdout, "data");
  return { root: child.pid ?? 0, exit: once(child, "exit") };
}

const stateOf = (pid: number) => /^State:\s*(\S)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];

describe("a tree of processes", () => {
  test("is found below its root, over sessions, and without the root", async () => {
    const { root } = await family();
    const found = await descendants(root);
    expect(found).toHaveLength(2);
    expect(found).not.toContain(root);
    await killFrom(root);
  });

  test("dies whole, and its members stay dead to us", async () => {
    const { root, exit } = await family();
    const members = [root, ...(await descendants(root))].map((pid) => identify(pid));
    await killFrom(root);
    expect(await exit).toEqual([null, "SIGKILL"]);
    await expect
      .poll(() => members.map((member) => member !== null && isAlive(member)))
      .toEqual([false, false, false]);
    await killFrom(root);
  });

  test("stops and goes on below its root", async () => {
    const { root } = await family();
    const below = await descendants(root);
    await signalDescendants(root, "SIGSTOP");
    await expect.poll(() => below.map(stateOf)).toEqual(["T", "T"]);
    await signalDescendants(root, "SIGCONT");
    await expect.poll(() => below.map(stateOf)).toEqual(["S", "S"]);
    await killFrom(root);
  });

  test("one that is stopped can be killed", async () => {
    const { root, exit } = await family();
    await signalDescendants(root, "SIGSTOP");
    await killFrom(root);
    expect(await exit).toEqual([null, "SIGKILL"]);
  });
});

describe("one process", () => {
  test("is told from a later one with the same id", () => {
    const self = identify(process.pid);
    expect(self && isAlive(self)).toBe(true);
    expect(isAlive({ pid: process.pid, started: "1" })).toBe(false);
  });

  test("probe: its name does not confuse what is read of it", async () => {
    const child = spawn("perl", ["-e", '$0 = ") Z 1 1 ("; $| = 1; print "up"; sleep 1000'], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(child.stdout, "data");
    const identity = identify(child.pid ?? 0);
    expect(identity && isAlive(identity)).toBe(true);
    expect(await descendants(process.pid)).toContain(child.pid);
    if (identity) await killIdentified(identity);
    expect(child.pid && identify(child.pid) && identity && isAlive(identity)).toBeFalsy();
  });

  test("that is not there has no identity and is dead", async () => {
    const child = spawn("true");
    const identity = identify(child.pid ?? 0);
    await once(child, "exit");
    expect(identify(child.pid ?? 0)).toBeNull();
    if (identity) await killIdentified(identity);
  });
});
