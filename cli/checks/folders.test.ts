import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isRoot } from "../identities.ts";
import { checkCheckout, checkDataFolder, firstClosedParent, mayTraverse, parentsOf } from "./folders.ts";

const STRANGER = { uid: 60_901, gid: 60_910 };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilothouse-folders-"));
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a folder", () => {
  test("is passed through by owner, group or others, whichever the user is", () => {
    const uid = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0o777 }),
        uid,
        uid,
        uid,
        uid,
        (mode, owner, group, who, whose) => {
          const digit = owner === who ? mode >> 6 : group === whose ? mode >> 3 : mode;
          expect(mayTraverse({ mode, uid: owner, gid: group }, { uid: who, gid: whose })).toBe(
            digit % 2 === 1,
          );
        },
      ),
    );
  });

  test("has parents from the root down", () => {
    expect(parentsOf("/a/b")).toEqual(["/", "/a", "/a/b"]);
    expect(parentsOf("/")).toEqual(["/"]);
  });

  test("below a closed parent is found closed, also where it does not exist yet", async () => {
    const closed = join(folder, "home");
    await mkdir(join(closed, "data"), { recursive: true });
    await chmod(closed, 0o700);
    expect(await firstClosedParent(join(closed, "data"), STRANGER)).toBe(closed);
    expect(await firstClosedParent(join(closed, "not/there/yet"), STRANGER)).toBe(closed);
    await chmod(closed, 0o711);
    expect(await firstClosedParent(join(closed, "data"), STRANGER)).toBeNull();
  });
});

describe("the data folder", () => {
  test("is fine where it can be made, and is not made by looking", async () => {
    expect(await checkDataFolder(join(folder, "new/data"), STRANGER)).toMatchObject({ ok: true });
    expect(await firstClosedParent(join(folder, "new"), STRANGER)).toBeNull();
  });

  test("below a closed parent is refused with the command that opens it", async () => {
    const closed = join(folder, "home");
    await mkdir(closed, { mode: 0o700 });
    await chmod(closed, 0o700);
    const finding = await checkDataFolder(join(closed, "data"), STRANGER);
    expect(finding).toMatchObject({ ok: false });
    expect(finding.sentence).toContain(`${closed} is closed to other users`);
    expect(finding.sentence).toContain(`chmod o+x ${closed}`);
  });

  test("below a file is refused", async () => {
    await writeFile(join(folder, "file"), "");
    const finding = await checkDataFolder(join(folder, "file/data"), null);
    expect(finding.sentence).toContain(`${join(folder, "file")} is a file`);
  });

  test("that cannot be written is refused", async () => {
    const finding = await checkDataFolder("/proc/pilothouse", null);
    if (isRoot())
      expect(finding.name).toBe("Data folder"); // root may write everywhere a mode forbids it
    else expect(finding.sentence).toBe("/proc is not writable: set PILOTHOUSE_DATA to a folder that is.");
  });
});

describe("the checkout", () => {
  test("is fine where one user runs everything", async () => {
    expect(await checkCheckout("/root/anything", null)).toMatchObject({ ok: true });
  });

  test("below a closed parent is refused, saying what to do", async () => {
    const closed = join(folder, "root");
    await mkdir(join(closed, "pilothouse"), { recursive: true });
    await chmod(closed, 0o700);
    const finding = await checkCheckout(join(closed, "pilothouse"), STRANGER);
    expect(finding.ok).toBe(false);
    expect(finding.sentence).toMatch(/is closed to other users.*move the checkout.*or run `chmod o\+x/);
  });

  test("with files only their owner reads is refused", async () => {
    const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const who = isRoot() ? STRANGER : me;
    await writeFile(join(folder, "package.json"), "{}", { mode: isRoot() ? 0o600 : 0o000 });
    if (isRoot()) await chown(join(folder, "package.json"), 0, 0);
    expect((await checkCheckout(folder, who)).sentence).toContain(`chmod -R go+rX ${folder}`);
    await chmod(join(folder, "package.json"), 0o644);
    expect(await checkCheckout(folder, who)).toMatchObject({ ok: true });
  });
});
