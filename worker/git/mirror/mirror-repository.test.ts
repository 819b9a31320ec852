import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commitFiles, createRepository, playGit } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { checkSource } from "../source/check-source.ts";
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

const refsOf = (mirror: string): string[] =>
  playGit(mirror, ["for-each-ref", "--format=%(refname)"]).split("\n");

describe("a mirror of a repository on disk", () => {
  test("follows new commits, new branches, deleted branches and rewritten history", async () => {
    const { path } = createRepository(workshop.fresh("upstream"), { "a.txt": "1\n" });
    playGit(path, ["branch", "topic"]);
    const mirror = workshop.fresh("mirror.git");
    await mirrorPath(path, mirror);
    expect(refsOf(mirror)).toEqual(["refs/upstream/heads/main", "refs/upstream/heads/topic"]);

    playGit(path, ["branch", "-D", "topic"]);
    playGit(path, ["branch", "topic/deeper"]);
    const head = commitFiles(path, { "a.txt": "2\n" });
    expect(await mirrorPath(path, mirror)).toEqual({ outcome: "mirrored", branch: "main", head, commits: 2 });
    expect(refsOf(mirror)).toEqual(["refs/upstream/heads/main", "refs/upstream/heads/topic/deeper"]);

    playGit(path, ["commit", "--quiet", "--amend", "--message", "Rewritten"]);
    const rewritten = playGit(path, ["rev-parse", "HEAD"]);
    expect(await mirrorPath(path, mirror)).toMatchObject({ head: rewritten, commits: 2 });
  });

  test("takes only what is new on an update", async () => {
    const { path } = createRepository(workshop.fresh("upstream"), {
      "big.bin": Buffer.alloc(300_000, "x"),
      "a.txt": "1\n",
    });
    const mirror = workshop.fresh("mirror.git");
    await mirrorPath(path, mirror);
    commitFiles(path, { "a.txt": "2\n" });
    await mirrorPath(path, mirror);
    const packs = readdirSync(join(mirror, "objects/pack")).filter((name) => name.endsWith(".pack"));
    expect(packs).toHaveLength(2);
    expect(playGit(mirror, ["fsck", "--strict"])).toBe("");
    await mirrorPath(path, mirror);
    expect(readdirSync(join(mirror, "objects/pack")).filter((name) => name.endsWith(".pack"))).toHaveLength(
      2,
    );
  });

  test("leaves our own refs alone", async () => {
    const { path, head } = createRepository(workshop.fresh("upstream"), { "a.txt": "1\n" });
    const mirror = workshop.fresh("mirror.git");
    await mirrorPath(path, mirror);
    playGit(mirror, ["update-ref", "refs/pilothouse/heads/main", head]);
    playGit(path, ["update-ref", "refs/pilothouse/heads/main", commitFiles(path, { "a.txt": "2\n" })]);
    await mirrorPath(path, mirror);
    expect(playGit(mirror, ["rev-parse", "refs/pilothouse/heads/main"])).toBe(head);
  });

  test("clears what a killed fetch left behind, and can be read by the sandbox's user", async () => {
    const { path } = createRepository(workshop.fresh("upstream"), { "a.txt": "1\n" });
    const mirror = workshop.fresh("mirror.git");
    await mirrorPath(path, mirror);
    writeFileSync(join(mirror, "objects/pack/tmp_pack_abc"), "x");
    await mirrorPath(path, mirror);
    expect(readdirSync(join(mirror, "objects/pack")).some((name) => name.startsWith("tmp_"))).toBe(false);
    expect(statSync(mirror).mode & 0o555).toBe(0o555);
    expect(readdirSync(workshop.scratch)).toEqual([]);
  });

  test("an empty repository, with what to do", async () => {
    const path = workshop.fresh("empty");
    mkdirSync(path);
    playGit(path, ["init", "--quiet"]);
    expect(await mirrorPath(path, workshop.fresh("mirror.git"))).toMatchObject({
      outcome: "empty_repository",
      sentence: expect.stringContaining("no commits"),
    });
  });

  test("a missing branch, with those there are", async () => {
    const { path } = createRepository(workshop.fresh("upstream"), { "a.txt": "1\n" });
    for (let n = 0; n < 15; n++) playGit(path, ["branch", `b${n}`]);
    const missing = await mirrorPath(path, workshop.fresh("mirror.git"), { branch: "nope" });
    expect(missing).toMatchObject({
      outcome: "missing_branch",
      sentence: expect.stringContaining("and 6 more"),
    });
    expect(missing.outcome === "missing_branch" && missing.existing).toHaveLength(10);
    playGit(path, ["symbolic-ref", "HEAD", "refs/heads/unborn"]);
    expect(await mirrorPath(path, workshop.fresh("mirror.git"))).toMatchObject({
      outcome: "missing_branch",
      sentence: expect.stringContaining("choose one of"),
    });
  });

  test("a damaged repository is unreachable, in git's own words", async () => {
    const { path } = createRepository(workshop.fresh("upstream"), { "a.txt": "1\n" });
    rmSync(join(path, ".git/objects"), { recursive: true });
    mkdirSync(join(path, ".git/objects"));
    const result = await mirrorPath(path, workshop.fresh("mirror.git"));
    expect(result.outcome).not.toBe("mirrored");
  });

  test("a repository that the sandbox's user may not read, with what to open", async () => {
    const { path } = createRepository(workshop.fresh("upstream"), { "a.txt": "1\n" });
    const network = { allowedHosts: [], allowedRoots: [path] };
    const source = await checkSource(path, network);
    chmodSync(path, 0o700);
    const order = { source, mirror: workshop.fresh("mirror.git"), branch: null, network };
    const stranger = { ...workshop, sandbox: { ...workshop.sandbox, uid: 61_999 } };
    expect(await mirrorRepository(stranger, order)).toMatchObject({
      outcome: "unreachable",
      sentence: expect.stringMatching(new RegExp(`may not read ${path}: .*chmod`)),
    });
  });

  test("a repository that vanished after it was checked is unreachable", async () => {
    const { path } = createRepository(workshop.fresh("upstream"), { "a.txt": "1\n" });
    const network = { allowedHosts: [], allowedRoots: [path] };
    const source = await checkSource(path, network);
    rmSync(path, { recursive: true });
    const result = await mirrorRepository(workshop, {
      source,
      mirror: workshop.fresh("mirror.git"),
      branch: null,
      network,
    });
    expect(result.outcome).toBe("unreachable");
  });

  test("a pack larger than allowed is not taken", async () => {
    const { path } = createRepository(workshop.fresh("upstream"), {
      "a.bin": Buffer.from(playGit("/", ["version"]).repeat(9)),
    });
    commitFiles(path, {
      "b.bin": Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919 * ((i % 251) + 1)) & 255)),
    });
    const mirror = workshop.fresh("mirror.git");
    const result = await mirrorPath(path, mirror, { limits: { packBytes: 20_000 } });
    expect(result).toMatchObject({
      outcome: "unreachable",
      sentence: expect.stringContaining("larger than 20000 bytes"),
    });
    expect(refsOf(mirror)).toEqual([""]);
  });

  test("probe: a branch name that is an option is refused", async () => {
    const { path } = createRepository(workshop.fresh("upstream"), { "a.txt": "1\n" });
    await expect(
      mirrorPath(path, workshop.fresh("mirror.git"), { branch: "--upload-pack=touch x" }),
    ).rejects.toThrow(/dash/);
  });

  test("probe: odd branch names of the source come along and run nothing", async () => {
    const { path, head } = createRepository(workshop.fresh("upstream"), { "a.txt": "1\n" });
    for (const ref of ["refs/heads/-x", "refs/heads/HEAD", "refs/heads/\u043cain"])
      playGit(path, ["update-ref", ref, head]);
    const mirror = workshop.fresh("mirror.git");
    expect(await mirrorPath(path, mirror)).toMatchObject({ outcome: "mirrored", branch: "main" });
    expect(refsOf(mirror)).toContain("refs/upstream/heads/-x");
  });
});
