import { statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commitFiles, createRepository, playGit } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { checkSource } from "../source/check-source.ts";
import { writeBaseBundle } from "./base-bundle.ts";
import { type MirrorOrder, type MirrorResult, mirrorRepository } from "./mirror-repository.ts";

const workshop = await testWorkshop();

async function mirrorPath(
  path: string,
  mirror: string,
  over: Partial<MirrorOrder> = {},
): Promise<MirrorResult> {
  const network = { allowedHosts: [], allowedRoots: [path] };
  const source = await checkSource(path, network);
  return mirrorRepository(workshop, { source, mirror, branch: null, network, ...over });
}

describe("reads of a mirror", () => {
  test("writes a bundle with one ref and the whole history, once", async () => {
    const { path } = createRepository(workshop.fresh("upstream"), { "a.txt": "1\n" });
    const head = commitFiles(path, { "a.txt": "2\n" });
    playGit(path, ["checkout", "--quiet", "-b", "other"]);
    commitFiles(path, { "other.txt": "not for the run\n" });
    const mirror = workshop.fresh("mirror.git");
    await mirrorPath(path, mirror, { branch: "main" });
    const file = workshop.fresh("base.bundle");
    const written = await writeBaseBundle(mirror, head, file);
    expect(written).toMatchObject({ path: file, bytes: statSync(file).size });
    expect(playGit("/", ["bundle", "list-heads", file])).toBe(`${head} refs/heads/base`);
    const clone = workshop.fresh("clone.git");
    playGit("/", ["clone", "--quiet", "--bare", file, clone]);
    expect(playGit(clone, ["rev-list", "--count", "--all"])).toBe("2");
    expect(playGit(clone, ["fsck", "--strict"])).toBe("");
    await expect(writeBaseBundle(mirror, head, file)).rejects.toThrow(/EEXIST/);
    await expect(writeBaseBundle(mirror, "", workshop.fresh("x"))).rejects.toThrow(/commit id/);
  });
});
