import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commitFiles, createRepository, makeBundle, playGit } from "#lib/testing/git/author.ts";
import { ANY_PATH } from "#lib/testing/git/scene.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { ownRef } from "./ids.ts";
import { takeInPatch } from "./intake/take-in-patch.ts";
import { writeBaseBundle } from "./mirror/base-bundle.ts";
import { mirrorRepository } from "./mirror/mirror-repository.ts";
import { readAuthority, startOwnBranch } from "./publish/authority.ts";
import { installBundle } from "./publish/install-bundle.ts";
import { publishCommit } from "./publish/publish-commit.ts";
import { checkSource } from "./source/check-source.ts";

const workshop = await testWorkshop();

describe("from a repository on disk to a moved branch", () => {
  test("mirrors, bundles, takes a patch in, rebuilds it and publishes it on our own branch", async () => {
    const upstream = createRepository(workshop.fresh("upstream"), {
      "src/a.js": "one\n",
      "README.md": "hello\n",
    });
    const network = { allowedHosts: [], allowedRoots: [workshop.scratch, upstream.path] };
    const source = await checkSource(upstream.path, network);
    const mirror = workshop.fresh("mirror.git");
    const mirrored = await mirrorRepository(workshop, { source, mirror, branch: null, network });
    expect(mirrored).toEqual({ outcome: "mirrored", branch: "main", head: upstream.head, commits: 1 });

    const baseBundle = await writeBaseBundle(mirror, upstream.head, workshop.fresh("base.bundle"));
    const agent = workshop.fresh("agent");
    playGit("/", ["clone", "--quiet", "--branch", "base", baseBundle.path, agent]);
    const head = commitFiles(agent, { "src/a.js": "two\n" }, "Fix");
    const bundle = makeBundle(agent, workshop.fresh("patch.bundle"), upstream.head, head);

    const identity = { name: "Pilothouse", email: "pilothouse@example.test" };
    const taken = await takeInPatch(workshop, {
      mirror,
      bundle,
      base: upstream.head,
      paths: ANY_PATH,
      commit: {
        author: identity,
        committer: identity,
        date: 1_700_000_000,
        message: "Rebuilt\n",
        bundlePath: workshop.fresh("rebuilt.bundle"),
      },
    });
    if (taken.outcome !== "patch" || taken.rebuilt === null) throw new Error(JSON.stringify(taken));
    const { patch, rebuilt } = taken;
    expect(patch.files).toMatchObject([{ path: "src/a.js", status: "modified", added: 1, removed: 1 }]);
    expect(patch.diff.toString()).toContain("-one\n+two\n");
    expect(patch.verdict).toMatchObject({ blocked: false, flags: [] });

    const own = { kind: "own", mirror, branch: "main" } as const;
    await startOwnBranch(own, upstream.head);
    await installBundle(workshop, {
      mirror,
      bundle: rebuilt.bundle.path,
      base: upstream.head,
      commit: rebuilt.commit,
    });
    const order = { authority: own, base: upstream.head, commit: rebuilt.commit };
    expect(await publishCommit(workshop, order)).toEqual({ outcome: "moved" });
    expect(await publishCommit(workshop, order)).toEqual({ outcome: "moved" });
    expect(await readAuthority(workshop, own)).toEqual({ outcome: "at", commit: rebuilt.commit });
    expect(playGit(mirror, ["log", "--format=%an: %s", ownRef("main")])).toBe(
      "Pilothouse: Rebuilt\nAda Author: First",
    );
    expect(readFileSync(rebuilt.bundle.path).subarray(0, 15).toString()).toBe("# v2 git bundle");
  });
});
