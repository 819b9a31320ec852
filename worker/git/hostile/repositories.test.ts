// A repository on disk whose config and hooks run programs in every git that trusts it: it is mirrored, an agent's
// work on it is taken in, and the result is pushed into it. The canary must never appear.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { commitFiles, createRepository, makeBundle, playGit } from "#lib/testing/git/author.ts";
import { commitOnBase, openScene, patchOf, type Scene, takeInBundle } from "#lib/testing/git/scene.ts";
import { layTraps, type Traps } from "#lib/testing/git/traps.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { mirrorRepository } from "../mirror/mirror-repository.ts";
import { readAuthority, startOwnBranch } from "../publish/authority.ts";
import { installBundle } from "../publish/install-bundle.ts";
import { publishCommit } from "../publish/publish-commit.ts";
import { checkSource } from "../source/check-source.ts";

const workshop = await testWorkshop();

const FILES = { "a.js": "one\n", "b.md": "b\n", ".gitattributes": "* filter=evil diff=evil merge=evil\n" };

/** The agent's work on the scene's base, rebuilt and held by the mirror. */
async function approvedCommit(scene: Scene): Promise<string> {
  const head = commitOnBase(scene, { "a.js": "two\n" });
  const taken = await takeInBundle(
    scene,
    makeBundle(scene.agent, workshop.fresh("patch.bundle"), scene.base, head),
  );
  expect(patchOf(taken).diff.toString()).toContain("-one\n+two\n");
  if (taken.outcome !== "patch" || taken.rebuilt === null) throw new Error("not rebuilt");
  const { commit, bundle } = taken.rebuilt;
  await installBundle(workshop, { mirror: scene.mirror, bundle: bundle.path, base: scene.base, commit });
  return commit;
}

async function upstreamAt(scene: Scene, path: string) {
  const network = { allowedHosts: [], allowedRoots: [path] };
  const source = await checkSource(path, network);
  return { kind: "upstream", mirror: scene.mirror, branch: "main", source, network } as const;
}

describe("the traps themselves", () => {
  test("are sprung by an ordinary git, so that their silence means something", () => {
    const { path } = createRepository(workshop.fresh("control"), FILES);
    const traps = layTraps(join(path, ".git"), workshop.fresh("control-traps"));
    spawnSync("git", ["-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*", "diff", "HEAD"], {
      cwd: path,
    });
    expect(traps.sprung()).toBe(true);
    expect(traps.hookCount).toBe(28);
  });

  test("are sprung by an ordinary push into a bare repository", async () => {
    const scene = await openScene(workshop, FILES);
    const bare = workshop.fresh("control.git");
    playGit("/", ["clone", "--quiet", "--bare", scene.upstream, bare]);
    const traps = layTraps(bare, workshop.fresh("control-traps"));
    const head = commitFiles(scene.agent, { "a.js": "two\n" });
    spawnSync("git", ["-c", "safe.directory=*", "push", bare, `${head}:refs/heads/main`], {
      cwd: scene.agent,
    });
    expect(traps.sprung()).toBe(true);
  });
});

describe("an agent's own repository full of traps", () => {
  test("probe: only its bundle is read", async () => {
    const scene = await openScene(workshop, FILES);
    const head = commitFiles(scene.agent, { "a.js": "two\n", "vendor/b.js": "b\n" });
    const bundle = makeBundle(scene.agent, workshop.fresh("patch.bundle"), scene.base, head);
    const traps = layTraps(join(scene.agent, ".git"), workshop.fresh("traps"));
    const taken = await takeInBundle(scene, bundle);
    if (taken.outcome !== "patch" || taken.rebuilt === null) throw new Error("not rebuilt");
    const { commit, bundle: rebuilt } = taken.rebuilt;
    await installBundle(workshop, { mirror: scene.mirror, bundle: rebuilt.path, base: scene.base, commit });
    const authority = { kind: "own", mirror: scene.mirror, branch: "main" } as const;
    await startOwnBranch(authority, scene.base);
    expect(await publishCommit(workshop, { authority, base: scene.base, commit })).toEqual({
      outcome: "moved",
    });
    expect(traps.sprung()).toBe(false);
  });
});

describe("an upstream full of traps", () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene(workshop, FILES);
  });

  async function wholePath(path: string, traps: Traps): Promise<void> {
    const authority = await upstreamAt(scene, path);
    const { source, network, mirror } = authority;
    const order = { source, mirror, branch: "main", network };
    expect(await mirrorRepository(workshop, order)).toMatchObject({ outcome: "mirrored", head: scene.base });
    const commit = await approvedCommit(scene);
    expect(await publishCommit(workshop, { authority, base: scene.base, commit })).toEqual({
      outcome: "moved",
    });
    expect(await readAuthority(workshop, authority)).toEqual({ outcome: "at", commit });
    expect(await mirrorRepository(workshop, order)).toMatchObject({
      outcome: "mirrored",
      head: commit,
      commits: 2,
    });
    expect(traps.sprung()).toBe(false);
  }

  test("probe: a bare one is mirrored, read and pushed to without running anything of its own", async () => {
    const bare = workshop.fresh("bare.git");
    playGit("/", ["clone", "--quiet", "--bare", scene.upstream, bare]);
    await wholePath(bare, layTraps(bare, workshop.fresh("traps")));
  });

  test("probe: so is one with a work tree that has another branch checked out", async () => {
    playGit(scene.upstream, ["checkout", "--quiet", "-b", "parking"]);
    await wholePath(scene.upstream, layTraps(join(scene.upstream, ".git"), workshop.fresh("traps")));
  });

  test("probe: a checked-out branch is not moved though the config asks for the work tree to be updated", async () => {
    const traps = layTraps(join(scene.upstream, ".git"), workshop.fresh("traps"));
    const authority = await upstreamAt(scene, scene.upstream);
    const result = await publishCommit(workshop, {
      authority,
      base: scene.base,
      commit: await approvedCommit(scene),
    });
    expect(result).toMatchObject({
      outcome: "refused",
      sentence: expect.stringContaining("is checked out in"),
    });
    expect(await readAuthority(workshop, authority)).toEqual({ outcome: "at", commit: scene.base });
    expect(traps.sprung()).toBe(false);
  });

  test("probe: one that hands pushes to a hook of its own is refused, and the hook does not run", async () => {
    const bare = workshop.fresh("bare.git");
    playGit("/", ["clone", "--quiet", "--bare", scene.upstream, bare]);
    const traps = layTraps(bare, workshop.fresh("traps"));
    appendFileSync(join(bare, "config"), "[receive]\n\tprocReceiveRefs = refs\n");
    const authority = await upstreamAt(scene, bare);
    const result = await publishCommit(workshop, {
      authority,
      base: scene.base,
      commit: await approvedCommit(scene),
    });
    expect(result).toMatchObject({ outcome: "refused", sentence: expect.stringContaining("proc-receive") });
    expect(traps.sprung()).toBe(false);
  });

  test("probe: one that borrows objects through a command of its own does not get it run", async () => {
    const borrower = workshop.fresh("borrower.git");
    playGit("/", ["clone", "--quiet", "--bare", "--shared", scene.upstream, borrower]);
    playGit(borrower, ["repack", "-a", "-d", "--quiet"]);
    const traps = layTraps(borrower, workshop.fresh("traps"));
    const authority = await upstreamAt(scene, borrower);
    await publishCommit(workshop, { authority, base: scene.base, commit: await approvedCommit(scene) });
    expect(traps.sprung()).toBe(false);
  });
});

describe("a repository that reaches beyond itself", () => {
  test("probe: alternates to a repository outside the allowed roots give nothing away", async () => {
    const secret = createRepository(workshop.fresh("secret"), { "secret.txt": "classified\n" });
    const thief = workshop.fresh("thief");
    playGit("/", ["clone", "--quiet", "--shared", "--bare", secret.path, thief]);
    const network = { allowedHosts: [], allowedRoots: [thief] };
    const source = await checkSource(thief, network);
    const mirror = workshop.fresh("mirror.git");
    const result = await mirrorRepository(workshop, { source, mirror, branch: null, network });
    expect(result.outcome).not.toBe("mirrored");
    expect(() => playGit(mirror, ["cat-file", "-e", secret.head])).toThrow();
  });

  test("probe: objects linked out of the repository give nothing away", async () => {
    const secret = createRepository(workshop.fresh("secret"), { "secret.txt": "classified\n" });
    const thief = workshop.fresh("thief.git");
    mkdirSync(join(thief, "refs/heads"), { recursive: true });
    writeFileSync(join(thief, "HEAD"), "ref: refs/heads/main\n");
    writeFileSync(join(thief, "refs/heads/main"), `${secret.head}\n`);
    mkdirSync(join(thief, "objects"));
    symlinkSync(
      join(secret.path, ".git/objects", secret.head.slice(0, 2)),
      join(thief, "objects", secret.head.slice(0, 2)),
    );
    const network = { allowedHosts: [], allowedRoots: [thief] };
    const result = await mirrorRepository(workshop, {
      source: await checkSource(thief, network),
      mirror: workshop.fresh("mirror.git"),
      branch: null,
      network,
    });
    expect(result.outcome).not.toBe("mirrored");
  });

  test("probe: a partial clone fetches nothing to complete itself", async () => {
    const full = createRepository(workshop.fresh("full"), { "a.txt": "a\n" });
    const partial = workshop.fresh("partial.git");
    playGit(full.path, ["config", "uploadpack.allowFilter", "true"]);
    playGit("/", ["clone", "--quiet", "--bare", "--filter=blob:none", `file://${full.path}`, partial]);
    const traps = layTraps(partial, workshop.fresh("traps"));
    const network = { allowedHosts: [], allowedRoots: [partial] };
    const source = await checkSource(partial, network);
    const result = await mirrorRepository(workshop, {
      source,
      mirror: workshop.fresh("mirror.git"),
      branch: null,
      network,
    });
    expect(result.outcome).toBe("unreachable");
    expect(traps.sprung()).toBe(false);
  });
});
