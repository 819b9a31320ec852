import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findCgroups } from "./open.ts";

// Directories in the shape of the kernel's: which place is chosen is decided by reading files alone.
let mount: string;

beforeEach(async () => {
  mount = await mkdtemp(join(tmpdir(), "pilothouse-cgroups-test-"));
});

afterEach(() => rm(mount, { recursive: true, force: true }));

/** `hands`: what subtree_control says; null for a group whose processes we may not move. */
async function group(path: string, hands: string | null): Promise<void> {
  await mkdir(join(mount, path), { recursive: true });
  if (hands === null) return;
  await writeFile(join(mount, path, "cgroup.procs"), "");
  await writeFile(join(mount, path, "cgroup.controllers"), "");
  await writeFile(join(mount, path, "cgroup.subtree_control"), `${hands}\n`);
}

const find = (path: string) =>
  findCgroups({ cgroup: `0::${path}\n`, mountinfo: `30 23 0:26 / ${mount} rw - cgroup2 cgroup2 rw\n` });

describe("version 2", () => {
  test("takes the nearest group above us that hands everything down", async () => {
    await group("", "cpuset cpu io memory pids");
    await group("system.slice", "cpu memory pids");
    await group("system.slice/our.service", "");
    const { cgroups, missing } = await find("/system.slice/our.service");
    expect(missing).toBeNull();
    expect([...(cgroups?.controllers ?? [])].sort()).toEqual(["cpu", "memory", "pids"]);
    await cgroups?.create("pilothouse-0-1-0");
    expect(await readdir(join(mount, "system.slice"))).toContain("pilothouse-0-1-0");
  });

  test("names only the limits that nothing can hold", async () => {
    await group("", null);
    await group("user", "memory pids");
    await group("user/app", "");
    const { cgroups, missing } = await find("/user/app");
    expect([...(cgroups?.controllers ?? [])].sort()).toEqual(["memory", "pids"]);
    expect(missing).toMatch(
      /^No control group can hold the CPU limit of a whole sandbox \(.*\): .*Delegate=yes.*\.$/,
    );
  });

  test("without a place it says so, and leaves no trace of having tried", async () => {
    await group("", null);
    await group("session", null);
    const { cgroups, missing } = await find("/session");
    expect(cgroups).toBeNull();
    expect(missing).toContain("the memory, process, CPU limit");
    expect(await readdir(join(mount, "session"))).toEqual([]);
  });

  test("a group that has no controllers to hand down is no place", async () => {
    await group("", "");
    const { cgroups, missing } = await find("/");
    expect(cgroups).toBeNull();
    expect(missing).not.toBeNull();
  });
});

describe("version 1", () => {
  const found = (controllers: readonly string[]) =>
    findCgroups({
      cgroup: controllers.map((name, index) => `${index}:${name}:/\n`).join(""),
      mountinfo: controllers
        .map((name) => `3 2 0:1 / ${join(mount, name)} rw - cgroup cgroup rw,${name}\n`)
        .join(""),
    });

  test("uses every controller it may write", async () => {
    for (const name of ["memory", "pids", "cpu", "freezer"]) await group(name, "");
    const { cgroups, missing } = await found(["memory", "pids", "cpu", "freezer"]);
    expect([cgroups?.version, missing]).toEqual([1, null]);
  });

  test("says which one it may not", async () => {
    await group("memory", "");
    await group("pids", null);
    await group("cpu", "");
    const { cgroups, missing } = await found(["memory", "pids", "cpu"]);
    expect([...(cgroups?.controllers ?? [])].sort()).toEqual(["cpu", "memory"]);
    expect(missing).toMatch(/the process limit .*ENOENT/);
  });
});

test("without any group file system it says that", async () => {
  const { cgroups, missing } = await findCgroups({ cgroup: "0::/\n", mountinfo: "" });
  expect(cgroups).toBeNull();
  expect(missing).toContain("no cgroup file system is mounted");
});

test("on this host it finds what the kernel offers, or says what is missing", async () => {
  const { cgroups, missing } = await findCgroups();
  if (missing === null) expect(cgroups?.controllers.size).toBe(3);
  else expect(missing).toMatch(/\.$/);
});
