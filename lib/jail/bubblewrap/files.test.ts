import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openFolder } from "#lib/testing/sandbox.ts";
import {
  closedDirectory,
  reachableFolder,
  reachableNode,
  requireReachable,
  shownOfEtc,
  writeEtc,
} from "./files.ts";

const folder = await openFolder();
afterAll(() => rm(folder, { recursive: true, force: true }));

const STRANGER = 61_150;

describe("the synthetic /etc", () => {
  test("can be read by everybody, whatever the umask, and names one ordinary user", async () => {
    const before = process.umask(0o077);
    const etc = await writeEtc(join(folder, "strict")).finally(() => process.umask(before));
    for (const name of await readdir(etc)) expect((await stat(join(etc, name))).mode & 0o004).toBe(0o004);
    expect((await stat(etc)).mode & 0o777).toBe(0o755);
    expect(await readFile(join(etc, "passwd"), "utf8")).toContain(
      "agent:x:61000:61000:agent:/home/agent:/bin/sh\n",
    );
    expect(await readFile(join(etc, "resolv.conf"), "utf8")).toBe("");
  });

  test("has a place for each folder of the host's that is shown, and those are Java's alone", async () => {
    const shown = await shownOfEtc();
    for (const name of shown) expect(name).toMatch(/^java-\d+-openjdk$/);
    const etc = await writeEtc(join(folder, "java"), ["java-17-openjdk"]);
    expect((await stat(join(etc, "java-17-openjdk"))).isDirectory()).toBe(true);
  });

  test("is written once, mended when it was changed, and never half", async () => {
    const etc = await writeEtc(join(folder, "kept"));
    const { ino } = await stat(join(etc, "hosts"));
    await writeFile(join(etc, "group"), "changed");
    await Promise.all([writeEtc(join(folder, "kept")), writeEtc(join(folder, "kept"))]);
    expect((await stat(join(etc, "hosts"))).ino).toBe(ino);
    expect(await readFile(join(etc, "group"), "utf8")).toContain("agent:x:61000:");
    expect((await readdir(etc)).filter((name) => /\d/.test(name))).toEqual([]);
  });
});

describe("what the sandbox's user can reach", () => {
  test("a closed directory on the way is named", async () => {
    const closed = join(folder, "closed");
    await mkdir(join(closed, "open"), { recursive: true });
    await writeFile(join(closed, "open/file"), "");
    expect(await closedDirectory(join(closed, "open/file"), STRANGER)).toBeNull();
    await chmod(closed, 0o700);
    expect(await closedDirectory(join(closed, "open/file"), STRANGER)).toBe(closed);
    await expect(requireReachable(join(closed, "open/file"), STRANGER)).rejects.toThrow(
      `The sandbox's user ${STRANGER} cannot enter ${closed}`,
    );
  });

  test("one's own directory is open to oneself, and not to others", async () => {
    const own = join(folder, "own");
    await mkdir(own, { mode: 0o700 });
    expect(await closedDirectory(join(own, "file"), process.getuid?.() ?? -1)).toBeNull();
    expect(await closedDirectory(join(own, "file"), STRANGER)).toBe(own);
  });

  test("a folder is mounted where it lies, or copied once for each content out of a closed directory", async () => {
    const home = join(folder, "somebody");
    const host = join(home, "loop");
    await mkdir(join(host, "deep"), { recursive: true });
    await writeFile(join(host, "deep/main.ts"), "one", { mode: 0o600 });
    const request = { stateFolder: folder, uid: STRANGER, host, name: "loop" };
    await mkdir(join(folder, "sandbox"), { recursive: true });
    expect(await reachableFolder(request)).toBe(host);
    await chmod(home, 0o700);
    expect(await reachableFolder({ ...request, uid: null })).toBe(host);
    const [copy, again] = await Promise.all([reachableFolder(request), reachableFolder(request)]);
    expect(again).toBe(copy);
    expect(await readFile(join(copy, "deep/main.ts"), "utf8")).toBe("one");
    expect((await stat(join(copy, "deep/main.ts"))).mode & 0o004).toBe(0o004);
    await writeFile(join(host, "deep/main.ts"), "another");
    const fresh = await reachableFolder(request);
    expect(fresh).not.toBe(copy);
    expect(await readFile(join(fresh, "deep/main.ts"), "utf8")).toBe("another");
    expect((await readdir(join(folder, "sandbox"))).filter((name) => /\.[0-9a-f]{12}$/.test(name))).toEqual(
      [],
    );
  });

  test("node is taken where it lies when it can be reached", async () => {
    expect(await reachableNode(folder, null)).toBe(process.execPath);
  });

  test("node is copied once out of a closed directory", async () => {
    const hidden = join(folder, "hidden");
    const state = join(folder, "state");
    await mkdir(hidden, { mode: 0o700 });
    await mkdir(join(state, "sandbox"), { recursive: true });
    const original = process.execPath;
    await symlink(original, join(hidden, "node"));
    process.execPath = join(hidden, "node");
    try {
      const copy = await reachableNode(state, STRANGER);
      expect(copy).toMatch(/\/sandbox\/node-v24\./);
      const { size, mode, ino } = await stat(copy);
      expect([size, mode & 0o777]).toEqual([(await stat(original)).size, 0o755]);
      expect((await stat(await reachableNode(state, STRANGER))).ino).toBe(ino);
    } finally {
      process.execPath = original;
    }
  });
});
