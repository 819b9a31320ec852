import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { TEST_LIMITS } from "#lib/testing/sandbox.ts";
import { type Cgroups, cpuQuota, type Group, readKey, readPids, waitUntil } from "./group.ts";
import { parseStanding } from "./layout.ts";
import { findCgroups } from "./open.ts";
import { openV1 } from "./v1.ts";
import { openV2 } from "./v2.ts";

const folder = await mkdtemp(join(tmpdir(), "pilothouse-group-test-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = async (path: string) => (await readFile(path, "utf8")).trim();

let serial = 0;
const newName = () => `pilothouse-test-${process.pid}-${serial++}`;

describe("reading", () => {
  test("probe: a process of a foreign pid namespace is not taken for our own group of processes", async () => {
    await writeFile(join(folder, "procs"), "12\n0\n34\n");
    expect(await readPids(join(folder, "procs"))).toEqual([12, 34]);
  });

  test("a key is found by its whole name, and is 0 where the kernel has none", async () => {
    await writeFile(join(folder, "events"), "oom 7\noom_kill 3\n");
    expect(await readKey(join(folder, "events"), "oom_kill")).toBe(3);
    expect(await readKey(join(folder, "events"), "oom_group_kill")).toBe(0);
  });

  test("waiting asks again until it is true", async () => {
    let asked = 0;
    await waitUntil(async () => ++asked === 3, "never");
    expect(asked).toBe(3);
  });
});

test("a share of a CPU is never less than the kernel takes", () => {
  expect([1, 1.5, 0.001].map((cpus) => cpuQuota({ ...TEST_LIMITS, cpus }))).toEqual([100_000, 150_000, 1000]);
});

describe("what is written", () => {
  test("version 2: memory without swap, killed as one; processes; CPU bandwidth", async () => {
    const group = await openV2(folder, new Set(["memory", "pids", "cpu"])).create("v2");
    const at = (name: string) => join(folder, "v2", name);
    await writeFile(at("memory.swap.max"), "9");
    await writeFile(at("memory.oom.group"), "0");
    await writeFile(at("memory.events"), "oom_kill 2\n");
    await writeFile(at("cpu.weight"), "");
    await group.limit({ ...TEST_LIMITS, memoryBytes: 1000, processes: 7, cpus: 0.5 });
    expect(
      await Promise.all(["memory.max", "memory.swap.max", "memory.oom.group"].map((name) => read(at(name)))),
    ).toEqual(["1000", "0", "1"]);
    expect([await read(at("pids.max")), await read(at("cpu.max"))]).toEqual(["7", "50000 100000"]);
    expect(await read(at("cpu.weight"))).toBe("50");
    expect(await group.memoryKills()).toBe(2);
  });

  test("version 2: only for the controllers there are, only into files there are", async () => {
    const group = await openV2(folder, new Set(["pids"])).create("v2-pids");
    await group.limit(TEST_LIMITS);
    expect(existsSync(join(folder, "v2-pids", "memory.max"))).toBe(false);
    expect(await group.memoryKills()).toBe(0);
    const whole = await openV2(folder, new Set(["memory"])).create("v2-old");
    await whole.limit(TEST_LIMITS);
    expect(existsSync(join(folder, "v2-old", "memory.swap.max"))).toBe(false);
  });

  test("version 1: one directory a controller, joint ones once", async () => {
    await Promise.all(["m", "cp"].map((name) => mkdir(join(folder, name))));
    const bases = new Map([
      ["memory", join(folder, "m")],
      ["pids", join(folder, "cp")],
      ["cpu", join(folder, "cp")],
    ] as const);
    const cgroups = openV1(bases);
    const group = await cgroups.create("one");
    await writeFile(join(folder, "cp/one/cpu.shares"), "");
    await group.limit({ ...TEST_LIMITS, memoryBytes: 1000, processes: 7, cpus: 2 });
    expect(await read(join(folder, "m/one/memory.limit_in_bytes"))).toBe("1000");
    expect(await read(join(folder, "cp/one/pids.max"))).toBe("7");
    expect(await read(join(folder, "cp/one/cpu.cfs_quota_us"))).toBe("200000");
    expect(await read(join(folder, "cp/one/cpu.shares"))).toBe("512");
    expect(await cgroups.list()).toEqual(["one"]);
    expect(await group.freeze(true)).toBe(false);
  });
});

/** Every tree of this host in which this user may make a group. */
async function liveTrees(): Promise<[string, Cgroups][]> {
  const trees: [string, Cgroups][] = [];
  const { cgroups } = await findCgroups();
  if (cgroups) trees.push([`version ${cgroups.version}, with limits`, cgroups]);
  const texts = await Promise.all(
    ["cgroup", "mountinfo"].map((name) => readFile(`/proc/self/${name}`, "utf8")),
  );
  const { v1, v2 } = parseStanding(texts[0] ?? "", texts[1] ?? "");
  // Killing and freezing need no controller, so a version 1 host shows both.
  if (cgroups && v1.size > 0 && v2)
    trees.push(["version 2, without controllers", openV2(v2.directory, new Set())]);
  return trees;
}

const trees = await liveTrees();

const states = (child: ChildProcess) =>
  readFile(`/proc/${child.pid}/status`, "utf8").then((text) => /^State:\s*(\S)/m.exec(text)?.[1]);

describe.runIf(trees.length > 0).each(trees)("a real group of %s", (_name, cgroups) => {
  async function occupied(): Promise<{ group: Group; child: ChildProcess; name: string }> {
    const name = newName();
    const group = await cgroups.create(name);
    const child = spawn("sleep", ["1000"], { stdio: "ignore" });
    await once(child, "spawn");
    await group.attach(child.pid ?? 0);
    return { group, child, name };
  }

  test("holds what was attached, is listed, and is found by name", async () => {
    const { group, child, name } = await occupied();
    expect(await group.processes()).toEqual([child.pid]);
    expect(await cgroups.list()).toContain(name);
    expect(await cgroups.find(name).processes()).toEqual([child.pid]);
    await group.kill();
    await group.remove();
    expect(await cgroups.list()).not.toContain(name);
  });

  test("kills everything, also what is frozen", async () => {
    const { group, child } = await occupied();
    const exit = once(child, "exit");
    expect(await group.freeze(true)).toBe(true);
    await group.kill();
    expect(await exit).toEqual([null, "SIGKILL"]);
    await group.remove();
  });

  test("freezes and thaws", async () => {
    const { group, child } = await occupied();
    await group.freeze(true);
    await group.freeze(false);
    await expect.poll(() => states(child)).toBe("S"); // it runs for a moment when it wakes
    await group.kill();
    await group.remove();
  });

  test("is removed only once it is empty, and twice is fine", async () => {
    const { group, child } = await occupied();
    let isRemoved = false;
    const removal = group.remove().then(() => {
      isRemoved = true;
    });
    expect(await group.processes()).toEqual([child.pid]);
    expect(isRemoved).toBe(false);
    child.kill("SIGKILL");
    await removal;
    await group.remove();
  });

  test("takes limits", async () => {
    const { group } = await occupied();
    await group.limit(TEST_LIMITS);
    expect(await group.memoryKills()).toBe(0);
    await group.kill();
    await group.remove();
  });

  test("says so when it cannot be made", async () => {
    const name = newName();
    const group = await cgroups.create(name);
    await expect(cgroups.create(name)).rejects.toThrow("could not be made");
    await group.remove();
  });
});
