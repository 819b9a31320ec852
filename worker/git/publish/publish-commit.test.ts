import { chmodSync, cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { commitFiles, playGit } from "#lib/testing/git/author.ts";
import { type GitServer, startGitServer } from "#lib/testing/git/https-server.ts";
import { openScene, type Scene, takeInFiles } from "#lib/testing/git/scene.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { checkSource } from "../source/check-source.ts";
import { type Authority, readAuthority, startOwnBranch } from "./authority.ts";
import { installBundle } from "./install-bundle.ts";
import { type PublishResult, publishCommit } from "./publish-commit.ts";

const workshop = await testWorkshop();
/** Made once: its mirror holds the rebuilt commits. Each test has a copy of its own. */
let made: Scene;
const commits = new Map<string, string>();
let scene: Scene;
beforeAll(async () => {
  made = await openScene(workshop, { "a.js": "one\n" });
  for (const content of ["two\n", "three\n"]) commits.set(content, await rebuild(content));
});
beforeEach(() => {
  const copied = (folder: string, name: string): string => {
    const to = workshop.fresh(name);
    cpSync(folder, to, { recursive: true });
    return to;
  };
  scene = {
    ...made,
    mirror: copied(made.mirror, "mirror.git"),
    upstream: copied(made.upstream, "upstream"),
  };
});

/** A rebuilt commit on the base with `content` in a.js, held by the mirror. */
async function rebuild(content: string): Promise<string> {
  const taken = await takeInFiles(made, { "a.js": content });
  if (taken.outcome !== "patch" || taken.rebuilt === null) throw new Error("not rebuilt");
  const { commit, bundle } = taken.rebuilt;
  await installBundle(workshop, { mirror: made.mirror, bundle: bundle.path, base: made.base, commit });
  return commit;
}

function rebuilt(content: "two\n" | "three\n"): string {
  const commit = commits.get(content);
  if (commit === undefined) throw new Error("not rebuilt");
  return commit;
}

const publish = (authority: Authority, commit: string, base = scene.base): Promise<PublishResult> =>
  publishCommit(workshop, { authority, base, commit });

const own = () => ({ kind: "own", mirror: scene.mirror, branch: "main" }) as const;

async function onDisk(path: string): Promise<Authority> {
  const network = { allowedHosts: [], allowedRoots: [path] };
  return {
    kind: "upstream",
    mirror: scene.mirror,
    branch: "main",
    source: await checkSource(path, network),
    network,
  };
}

function bareUpstream(): string {
  const path = workshop.fresh("upstream.git");
  playGit("/", ["clone", "--quiet", "--bare", scene.upstream, path]);
  return path;
}

test("probe: a branch and a tag of the upstream whose names end as ours keep nothing from being pushed", async () => {
  const path = bareUpstream();
  const commit = rebuilt("two\n");
  for (const ref of ["refs/heads/refs/heads/main", "refs/tags/main", "refs/tags/refs/heads/main"])
    playGit(path, ["update-ref", ref, scene.base]);
  expect(await publish(await onDisk(path), commit)).toEqual({ outcome: "moved" });
  expect(playGit(path, ["for-each-ref", "--format=%(refname) %(objectname)"]).split("\n")).toEqual([
    `refs/heads/main ${commit}`,
    `refs/heads/refs/heads/main ${scene.base}`,
    `refs/tags/main ${scene.base}`,
    `refs/tags/refs/heads/main ${scene.base}`,
  ]);
  expect(playGit(scene.mirror, ["for-each-ref", "refs/pilothouse/push"])).toBe("");
});

describe("our own branch", () => {
  beforeEach(() => startOwnBranch(own(), scene.base));

  test("is started once and left alone after that", async () => {
    const commit = rebuilt("two\n");
    await publish(own(), commit);
    await startOwnBranch(own(), scene.base);
    expect(await readAuthority(workshop, own())).toEqual({ outcome: "at", commit });
  });

  test("moves from the base to the commit, and saying it again is harmless", async () => {
    const commit = rebuilt("two\n");
    expect(await publish(own(), commit)).toEqual({ outcome: "moved" });
    expect(await publish(own(), commit)).toEqual({ outcome: "moved" });
  });

  test("probe: of two commits on one base that are published at once, one moves it", async () => {
    const commits = [rebuilt("two\n"), rebuilt("three\n")];
    const results = await Promise.all(commits.map((commit) => publish(own(), commit)));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(["base_moved", "moved"]);
    const winner = commits[results.findIndex(({ outcome }) => outcome === "moved")];
    expect(results).toContainEqual({ outcome: "base_moved", actual: winner });
    expect(await readAuthority(workshop, own())).toEqual({ outcome: "at", commit: winner });
  });

  test("says where it is when it has moved on, and that it is gone", async () => {
    const [two, three] = [rebuilt("two\n"), rebuilt("three\n")];
    await publish(own(), two);
    expect(await publish(own(), three)).toEqual({ outcome: "base_moved", actual: two });
    playGit(scene.mirror, ["update-ref", "-d", "refs/pilothouse/heads/main"]);
    expect(await publish(own(), three)).toEqual({ outcome: "base_moved", actual: null });
  });

  test.each(["", "0".repeat(40), "HEAD", "--delete"])(
    "probe: %j is no commit id, and nothing is deleted",
    async (id) => {
      const commit = rebuilt("two\n");
      await expect(publish(own(), id)).rejects.toThrow(/commit id/);
      await expect(publish(own(), commit, id)).rejects.toThrow(/commit id/);
      expect(await readAuthority(workshop, own())).toEqual({ outcome: "at", commit: scene.base });
    },
  );

  test("a commit the mirror does not hold is not published", async () => {
    await expect(publish(own(), "1".repeat(40))).rejects.toThrow(/does not hold/);
  });
});

describe("an upstream on disk", () => {
  test("moves, and the mirror knows it at once", async () => {
    const path = bareUpstream();
    const commit = rebuilt("two\n");
    expect(await publish(await onDisk(path), commit)).toEqual({ outcome: "moved" });
    expect(playGit(path, ["rev-parse", "refs/heads/main"])).toBe(commit);
    expect(playGit(scene.mirror, ["rev-parse", "refs/upstream/heads/main"])).toBe(commit);
    expect(playGit(path, ["fsck", "--strict", "--no-dangling"])).toBe("");
  });

  test("a base that moved meanwhile is told, and nothing is overwritten", async () => {
    const path = bareUpstream();
    const moved = commitFiles(scene.upstream, { "b.js": "b\n" });
    playGit(scene.upstream, ["push", "--quiet", path, "HEAD:refs/heads/main"]);
    expect(await publish(await onDisk(path), rebuilt("two\n"))).toEqual({
      outcome: "base_moved",
      actual: moved,
    });
    expect(playGit(path, ["rev-parse", "refs/heads/main"])).toBe(moved);
  });

  test("probe: of two pushes at once one moves it", async () => {
    const authority = await onDisk(bareUpstream());
    const commits = [rebuilt("two\n"), rebuilt("three\n")];
    const results = await Promise.all(commits.map((commit) => publish(authority, commit)));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(["base_moved", "moved"]);
  });

  test("a branch that is gone is a moved base", async () => {
    const path = bareUpstream();
    playGit(path, ["branch", "--force", "other", "main"]);
    playGit(path, ["symbolic-ref", "HEAD", "refs/heads/other"]);
    playGit(path, ["branch", "-D", "main"]);
    expect(await publish(await onDisk(path), rebuilt("two\n"))).toEqual({
      outcome: "base_moved",
      actual: null,
    });
  });

  test("a checked-out branch is refused, with what to do", async () => {
    const result = await publish(await onDisk(scene.upstream), rebuilt("two\n"));
    expect(result).toMatchObject({
      outcome: "refused",
      sentence: expect.stringMatching(/checked out.*git clone --bare/),
    });
  });

  test("a repository that vanished is unreachable", async () => {
    const path = bareUpstream();
    const authority = await onDisk(path);
    const commit = rebuilt("two\n");
    playGit("/", ["init", "--quiet", "--bare", path]);
    chmodSync(join(path, "HEAD"), 0o000);
    expect(await publish(authority, commit)).toMatchObject({ outcome: "unreachable" });
    expect(await readAuthority(workshop, authority)).toMatchObject({ outcome: "unreachable" });
  });
});

describe("an https upstream", () => {
  let server: GitServer;
  let root: string;
  let refuseAll = false;
  beforeAll(async () => {
    root = workshop.fresh("served");
    server = await startGitServer({
      root,
      folder: workshop.fresh("certificate"),
      pushCredential: "pilot:secret word",
      intercept(_, response) {
        if (refuseAll) response.destroy();
        return refuseAll;
      },
    });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    refuseAll = false;
  });

  async function served(credential?: {
    username: string;
    password: string;
  }): Promise<{ authority: Authority; path: string }> {
    const name = `${scene.base.slice(0, 8)}-${server.requests.length}.git`;
    const path = join(root, name);
    playGit("/", ["clone", "--quiet", "--bare", scene.upstream, path]);
    const network = {
      allowedRoots: [],
      allowedHosts: ["git.test"],
      caFile: server.caFile,
      resolve: async () => ["127.0.0.1"],
    };
    const source = await checkSource(`https://git.test:${server.port}/${name}`, network);
    return {
      authority: { kind: "upstream", mirror: scene.mirror, branch: "main", source, network, credential },
      path,
    };
  }

  test("moves with a credential that may write", async () => {
    const { authority, path } = await served({ username: "pilot", password: "secret word" });
    const commit = rebuilt("two\n");
    expect(await publish(authority, commit)).toEqual({ outcome: "moved" });
    expect(playGit(path, ["rev-parse", "refs/heads/main"])).toBe(commit);
    expect(await readAuthority(workshop, authority)).toEqual({ outcome: "at", commit });
  });

  test.each([undefined, { username: "pilot", password: "wrong" }])(
    "refuses with the reason where the credential is %j",
    async (credential) => {
      const { authority } = await served(credential);
      const result = await publish(authority, rebuilt("two\n"));
      expect(result).toMatchObject({ outcome: "refused", sentence: expect.stringContaining("credential") });
      expect(JSON.stringify(result)).not.toContain("wrong");
    },
  );

  test("says that the base moved", async () => {
    const { authority, path } = await served({ username: "pilot", password: "secret word" });
    const moved = commitFiles(scene.upstream, { "b.js": "b\n" });
    playGit(scene.upstream, ["push", "--quiet", path, "HEAD:refs/heads/main"]);
    expect(await publish(authority, rebuilt("two\n"))).toEqual({
      outcome: "base_moved",
      actual: moved,
    });
  });

  test("a connection that breaks is unreachable, and the authority can be asked later", async () => {
    const { authority } = await served();
    const commit = rebuilt("two\n");
    refuseAll = true;
    expect(await publish(authority, commit)).toMatchObject({ outcome: "unreachable" });
    refuseAll = false;
    expect(await readAuthority(workshop, authority)).toEqual({ outcome: "at", commit: scene.base });
  });

  test("probe: a name that begins to resolve to a private address is not asked again", async () => {
    const { authority } = await served();
    if (authority.kind !== "upstream") throw new Error("no upstream");
    const rebound = { ...authority, network: { ...authority.network, allowedHosts: [] } };
    const asked = server.requests.length;
    expect(await readAuthority(workshop, rebound)).toMatchObject({ outcome: "unreachable" });
    expect(await publish(rebound, rebuilt("two\n"))).toMatchObject({ outcome: "unreachable" });
    expect(server.requests).toHaveLength(asked);
  });
});
