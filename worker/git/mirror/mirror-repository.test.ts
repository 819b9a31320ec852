import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commitFiles, createRepository, playGit } from "#lib/testing/git/author.ts";
import { type GitServer, startGitServer } from "#lib/testing/git/https-server.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { checkSource } from "../source/check-source.ts";
import { writeBaseBundle } from "./base-bundle.ts";
import { listCommits } from "./list-commits.ts";
import { type MirrorOrder, type MirrorResult, mirrorRepository } from "./mirror-repository.ts";

let workshop: TestWorkshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

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

describe("reads of a mirror", () => {
  test("lists commits along first parents, made plain", async () => {
    const { path, head: first } = createRepository(workshop.fresh("upstream"), { "a.txt": "1\n" });
    const second = commitFiles(path, { "a.txt": "2\n" }, "Sub\u001bject \u202e with\ttraps\n\nbody");
    const mirror = workshop.fresh("mirror.git");
    await mirrorPath(path, mirror);
    const commits = await listCommits(mirror, "refs/upstream/heads/main", 50);
    expect(commits.map(({ id }) => id)).toEqual([second, first]);
    expect(commits[0]).toMatchObject({
      parents: [first],
      author: "Ada Author",
      date: "2023-11-14T22:13:20.000Z",
    });
    expect(commits[0]?.subject).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(await listCommits(mirror, second, 1)).toHaveLength(1);
    await expect(listCommits(mirror, "--output=/tmp/x", 1)).rejects.toThrow(/commit id/);
    await expect(listCommits(mirror, "refs/heads/--x", 1)).rejects.toThrow(/dash/);
  });

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

describe("a mirror of an https repository", () => {
  let server: GitServer;
  let head: string;
  let root: string;
  beforeAll(async () => {
    root = workshop.fresh("served");
    const { path, head: commit } = createRepository(workshop.fresh("origin"), { "a.txt": "1\n" });
    head = commit;
    playGit("/", ["clone", "--quiet", "--bare", path, join(root, "team/a.git")]);
    server = await startGitServer({
      root,
      folder: workshop.fresh("certificate"),
      intercept(request, response) {
        if (!request.url?.startsWith("/redirect/")) return false;
        response.writeHead(302, { Location: request.url.replace("/redirect/", "/team/") }).end();
        return true;
      },
    });
  });
  afterAll(() => server.close());

  const mirrorUrl = async (
    url: string,
    allowedHosts: string[] = ["git.test"],
    caFile: string | undefined = server.caFile,
  ) => {
    const network = {
      allowedRoots: [],
      allowedHosts,
      resolve: async () => ["127.0.0.1"],
      ...(caFile ? { caFile } : {}),
    };
    const source = await checkSource(url, network);
    return mirrorRepository(workshop, {
      source,
      mirror: workshop.fresh("mirror.git"),
      branch: null,
      network,
    });
  };

  test("is fetched from the address that was checked, for a name that no resolver knows", async () => {
    const result = await mirrorUrl(`https://git.test:${server.port}/team/a.git`);
    expect(result).toEqual({ outcome: "mirrored", branch: "main", head, commits: 1 });
  });

  test("probe: the same host is refused where the operator does not allow it", async () => {
    const before = server.requests.length;
    await expect(mirrorUrl(`https://git.test:${server.port}/team/a.git`, [])).rejects.toMatchObject({
      code: "refused",
    });
    await expect(mirrorUrl(`https://127.0.0.1:${server.port}/team/a.git`, [])).rejects.toMatchObject({
      code: "refused",
    });
    expect(server.requests).toHaveLength(before);
  });

  test("probe: a redirect is not followed", async () => {
    const result = await mirrorUrl(`https://git.test:${server.port}/redirect/a.git`);
    expect(result.outcome).toBe("unreachable");
    expect(server.requests.at(-1)).toContain("/redirect/");
  });

  test("probe: a certificate that nobody vouches for is not accepted", async () => {
    expect((await mirrorUrl(`https://git.test:${server.port}/team/a.git`, ["git.test"], "")).outcome).toBe(
      "unreachable",
    );
  });

  test("a repository that is not there, and a host that does not answer, are unreachable with a reason", async () => {
    expect(await mirrorUrl(`https://git.test:${server.port}/team/none.git`)).toMatchObject({
      outcome: "unreachable",
      sentence: expect.stringMatching(/not found|404/),
    });
    expect(await mirrorUrl("https://git.test:1/team/a.git")).toMatchObject({
      outcome: "unreachable",
      sentence: expect.stringMatching(/connect/i),
    });
  });
});
