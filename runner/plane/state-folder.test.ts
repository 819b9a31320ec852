import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { testFolder } from "#lib/testing/runner/parts.ts";
import {
  claimPrivateFile,
  ensurePrivateFolder,
  lockFolder,
  readPrivateFile,
  writePrivateFile,
} from "./state-folder.ts";

const isRoot = process.geteuid?.() === 0;
const modeOf = (path: string) => statSync(path).mode & 0o777;

let folder: string;

beforeEach(() => {
  folder = join(testFolder(), "state");
});

describe("the state folder", () => {
  test("is made so that nobody else reads or writes it", async () => {
    await ensurePrivateFolder(folder);
    expect(modeOf(folder)).toBe(isRoot ? 0o711 : 0o700);
    await ensurePrivateFolder(folder);
  });

  test("is opened for passing through, as root, because sandboxes have users of their own", async () => {
    mkdirSync(folder, { mode: 0o700 });
    await ensurePrivateFolder(folder);
    expect(modeOf(folder)).toBe(isRoot ? 0o711 : 0o700);
  });

  test.each([0o755, 0o750, 0o733, 0o702, 0o777])(
    "probe: with mode %o is refused with the remedy",
    async (mode) => {
      mkdirSync(folder);
      chmodSync(folder, mode);
      await expect(ensurePrivateFolder(folder)).rejects.toThrow(`chmod 711 ${folder}`);
    },
  );

  test("whose parent is missing is refused, naming the parent", async () => {
    await expect(ensurePrivateFolder(join(folder, "deeper"))).rejects.toThrow(`${folder} does not exist`);
  });

  test("probe: that is a file or a link to a folder is refused", async () => {
    writeFileSync(folder, "");
    await expect(ensurePrivateFolder(folder)).rejects.toThrow("is not a folder");
    const link = `${folder}-link`;
    symlinkSync(testFolder(), link);
    await expect(ensurePrivateFolder(link)).rejects.toThrow("is not a folder");
  });

  test("probe: that belongs to somebody else is refused", async () => {
    mkdirSync(folder, { mode: 0o700 });
    if (isRoot) chownSync(folder, 12_345, 12_345);
    await expect(ensurePrivateFolder(isRoot ? folder : "/usr")).rejects.toThrow("belongs to another user");
  });
});

describe("a private file", () => {
  beforeEach(() => ensurePrivateFolder(folder));

  test("comes back as it was written, readable by its owner alone, with nothing left beside it", async () => {
    const path = join(folder, "identity.json");
    await writePrivateFile(path, "one");
    await writePrivateFile(path, "two");
    expect(await readPrivateFile(path)).toBe("two");
    expect(modeOf(path)).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["identity.json"]);
  });

  test("that does not exist reads as none", async () => {
    expect(await readPrivateFile(join(folder, "nothing"))).toBeNull();
  });

  test("is claimed by exactly one of several writers", async () => {
    const path = join(folder, "host-id");
    await Promise.all(["a", "b", "c", "d"].map((text) => claimPrivateFile(path, text)));
    const first = await readPrivateFile(path);
    expect(["a", "b", "c", "d"]).toContain(first);
    await claimPrivateFile(path, "late");
    expect(await readPrivateFile(path)).toBe(first);
    expect(readdirSync(folder)).toEqual(["host-id"]);
  });

  test.each([0o644, 0o640, 0o602, 0o620])("probe: with mode %o is refused with the remedy", async (mode) => {
    const path = join(folder, "identity.json");
    await writePrivateFile(path, "secret");
    chmodSync(path, mode);
    await expect(readPrivateFile(path)).rejects.toThrow(`chmod 600 ${path}`);
  });

  test("probe: that is a link, a folder or endless is refused", async () => {
    const link = join(folder, "link");
    symlinkSync("/etc/hostname", link);
    await expect(readPrivateFile(link)).rejects.toThrow("not a regular file");
    await expect(readPrivateFile(folder)).rejects.toThrow("not a regular file");
    const large = join(folder, "large");
    writeFileSync(large, "x".repeat(70_000), { mode: 0o600 });
    await expect(readPrivateFile(large)).rejects.toThrow("larger");
  });
});

describe("the folder's lock", () => {
  test("lets one in, refuses a second with a sentence, and is free again afterwards", async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(
      `Another runner already works with the state folder ${folder}.`,
    );
    const other = await lockFolder(`${folder}-2`);
    await new Promise((resolve) => lock.close(resolve));
    await new Promise((resolve) => other.close(resolve));
    const again = await lockFolder(folder);
    await new Promise((resolve) => again.close(resolve));
  });
});
