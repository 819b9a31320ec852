import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkTools, ensurePackages, findProgram, installCommand, missingTools } from "./tools.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilothouse-tools-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function install(...names: string[]): Promise<void> {
  for (const name of names) await writeFile(join(folder, name), "#!/bin/sh\n", { mode: 0o755 });
}

/** An apt-get that writes down what it was asked. */
async function installApt(script: string): Promise<void> {
  await writeFile(join(folder, "apt-get"), `#!/bin/sh\necho "$@" >> ${folder}/asked\n${script}\n`);
  await chmod(join(folder, "apt-get"), 0o755);
}

describe("programs of the host", () => {
  test("are found the way a shell finds them", async () => {
    await install("git");
    await writeFile(join(folder, "bwrap"), "not executable");
    expect(findProgram("git", `/nowhere::${folder}`)).toBe(join(folder, "git"));
    expect(findProgram("git", "/nowhere")).toBeNull();
    expect(missingTools(folder)).toContain("bubblewrap");
  });

  test("that are there are fine", async () => {
    await install("git", "bwrap");
    expect(checkTools(folder, false)).toMatchObject({ ok: true });
  });

  test("that are missing are one sentence with the command of this host's package manager", async () => {
    expect(checkTools(folder, true).sentence).toMatch(/^bubblewrap and git are missing/);
    await install("git", "dnf");
    expect(checkTools(folder, false)).toEqual({
      ok: false,
      name: "Programs",
      sentence: "bubblewrap is missing: run `sudo dnf install -y bubblewrap`.",
    });
    await install("apt-get");
    expect(installCommand(["git"], folder, true)).toBe("apt-get install -y git");
  });

  test("are not installed for a normal user, who is told the command", async () => {
    await install("apt-get");
    const asUser = ensurePackages(["bubblewrap", "git"], folder, false);
    await expect(asUser).rejects.toThrow(
      "Missing: bubblewrap, git. Run `sudo apt-get install -y bubblewrap git`",
    );
  });

  test("are not installed by root where there is no apt-get", async () => {
    await install("pacman");
    await expect(ensurePackages(["git"], folder, true)).rejects.toThrow("Run `pacman -S --noconfirm git`");
  });
});

describe("installing as root", () => {
  const withPath = async (fn: () => Promise<void>) => {
    const before = process.env.PATH;
    process.env.PATH = `${folder}:${before}`;
    try {
      await fn();
    } finally {
      process.env.PATH = before;
    }
  };
  const asked = async () => (await import("node:fs/promises")).readFile(join(folder, "asked"), "utf8");

  test("asks apt-get once where that works, and not at all where nothing is missing", async () => {
    await installApt("exit 0");
    await withPath(async () => {
      await ensurePackages([], folder, true);
      await ensurePackages(["git"], folder, true);
    });
    expect(await asked()).toBe("install -y --no-install-recommends git\n");
  });

  test("fetches the list of packages first on a host that has none yet", async () => {
    await installApt(`[ "$1" = update ] && touch ${folder}/updated; [ -e ${folder}/updated ] || exit 100`);
    await withPath(() => ensurePackages(["git"], folder, true));
    expect((await asked()).split("\n").map((line) => line.split(" ")[0])).toEqual([
      "install",
      "update",
      "install",
      "",
    ]);
  });

  test("says so where apt-get cannot", async () => {
    await installApt("echo 'E: Unable to locate package git' >&2; exit 100");
    await withPath(() =>
      expect(ensurePackages(["git"], folder, true)).rejects.toThrow(
        /could not install git: .*Unable to locate/,
      ),
    );
  });
});
