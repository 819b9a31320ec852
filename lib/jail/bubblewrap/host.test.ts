import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openFolder } from "#lib/testing/sandbox.ts";
import { probeHost, uidOf } from "./host.ts";

const folder = await openFolder();
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A folder with a program called bwrap. */
async function withProgram(name: string, script: string): Promise<string[]> {
  const at = join(folder, name);
  await mkdir(at);
  await writeFile(join(at, "bwrap"), `#!/bin/sh\n${script}\n`);
  await chmod(join(at, "bwrap"), 0o755);
  return [at];
}

const failed = async (folders: readonly string[]) => {
  const { tier, checks, missing } = await probeHost(folders);
  expect(tier).toBeNull();
  const fatal = checks.filter(({ state }) => state === "fatal");
  expect(fatal).toHaveLength(1);
  expect(missing).toContain(fatal[0]?.sentence);
  return fatal[0];
};

describe("this host", () => {
  test("allows sandboxes; every check has a sentence", async () => {
    const { tier, checks, missing, filter } = await probeHost();
    expect(checks.map(({ name }) => name)).toEqual(["bubblewrap", "namespaces", "seccomp", "cgroups"]);
    expect(checks.every(({ sentence }) => sentence.length > 10)).toBe(true);
    expect(tier).toBe(missing.length === 0 ? "strong" : "weak");
    expect(filter).not.toBeNull();
  });

  test("gives each slot a user of its own, as root only", () => {
    expect([uidOf(0), uidOf(7)]).toEqual(process.geteuid?.() === 0 ? [61_000, 61_007] : [null, null]);
  });
});

describe("a host without what sandboxes need", () => {
  test("no bubblewrap: the command that installs it", async () => {
    expect(await failed([folder])).toMatchObject({
      name: "bubblewrap",
      sentence: expect.stringContaining("apt-get install -y bubblewrap"),
    });
  });

  test("an old bubblewrap: its version", async () => {
    const folders = await withProgram("old", "echo bubblewrap 0.6.1");
    expect((await failed(folders))?.sentence).toContain("this host has 0.6.1");
  });

  test("a bubblewrap that does not start: what it said", async () => {
    const folders = await withProgram("broken", "echo cannot load library >&2; exit 127");
    expect((await failed(folders))?.sentence).toMatch(/bwrap does not start: cannot load library$/);
  });

  test("forbidden user namespaces: a remedy", async () => {
    const script = `case "$1" in --version) echo bubblewrap 0.8.0;; *) echo "bwrap: No permissions to create new namespace" >&2; exit 1;; esac`;
    expect(await failed(await withProgram("forbidden", script))).toMatchObject({
      name: "namespaces",
      sentence: expect.stringMatching(/sysctl|namespaces|container/),
    });
  });

  test("a kernel that takes no filter: weak, and it says why", async () => {
    const script = `case "$*" in
      --version) echo bubblewrap 0.8.0;;
      *--seccomp*) echo "bwrap: prctl(PR_SET_SECCOMP): Invalid argument" >&2; exit 1;;
      *) exit 0;;
    esac`;
    const { tier, filter, missing } = await probeHost(await withProgram("no-filter", script));
    expect([tier, filter]).toEqual(["weak", null]);
    expect(missing.join()).toContain("This kernel takes no system call filter (bwrap: prctl(PR_SET_SECCOMP)");
  });

  test("a filter that is taken and stays off is not believed", async () => {
    const script = `case "$1" in --version) echo bubblewrap 0.8.0;; *) echo "Seccomp:	0";; esac`;
    const { tier, missing } = await probeHost(await withProgram("off", script));
    expect(tier).toBe("weak");
    expect(missing.join()).toContain("it stayed off");
  });
});
