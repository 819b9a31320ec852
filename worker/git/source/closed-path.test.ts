import { chmodSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRepository } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { closedPath } from "./closed-path.ts";

const workshop = await testWorkshop();

const STRANGER = 61_999;

function repository(): string {
  const { path } = createRepository(workshop.fresh("upstream"), { "a.txt": "1\n" });
  return join(path, ".git");
}

describe("what keeps another user from reading a repository", () => {
  test("nothing, where every user may", async () => {
    expect(await closedPath(repository(), STRANGER)).toBeNull();
  });

  test.each([
    ["", 0o700],
    ["objects", 0o711],
    ["refs", 0o744],
    ["HEAD", 0o600],
    ["..", 0o700],
  ])("%j with mode %o", async (name, mode) => {
    const gitDir = repository();
    chmodSync(join(gitDir, name), mode);
    expect(await closedPath(gitDir, STRANGER)).toBe(name === ".." ? dirname(gitDir) : join(gitDir, name));
  });

  test("its owner is asked by the owner's bits", async () => {
    const gitDir = repository();
    chmodSync(gitDir, 0o700);
    expect(await closedPath(gitDir, process.getuid?.() ?? -1)).toBeNull();
  });
});
