import { beforeEach, expect, test } from "vitest";
import { playGit } from "#lib/testing/git/author.ts";
import { openScene, type Scene, takeInFiles } from "#lib/testing/git/scene.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { startOwnBranch } from "../git/publish/authority.ts";
import { installBundle } from "../git/publish/install-bundle.ts";
import { publishCommit } from "../git/publish/publish-commit.ts";
import { pruneCommits } from "./prune-commits.ts";

const workshop = await testWorkshop();
let scene: Scene;
beforeEach(async () => {
  scene = await openScene(workshop, { "a.js": "one\n" });
});

/** A commit built for a merge, in the mirror and on no branch. */
async function installed(content: string): Promise<string> {
  const taken = await takeInFiles(scene, { "a.js": content });
  if (taken.outcome !== "patch" || taken.rebuilt === null) throw new Error("not rebuilt");
  const { commit, bundle } = taken.rebuilt;
  await installBundle(workshop, { mirror: scene.mirror, bundle: bundle.path, base: scene.base, commit });
  return commit;
}

const holds = (object: string): boolean => {
  try {
    playGit(scene.mirror, ["cat-file", "-e", object]);
    return true;
  } catch {
    return false;
  }
};
const blobOf = (commit: string) => playGit(scene.mirror, ["rev-parse", `${commit}:a.js`]);

test("what no branch holds is gone, content and all; the source's history stays", async () => {
  const commit = await installed("hunter2\n");
  const blob = blobOf(commit);
  expect(await pruneCommits({ mirror: scene.mirror, commits: [commit], keep: [] })).toEqual([]);
  expect([commit, blob].map(holds)).toEqual([false, false]);
  expect(holds(scene.base)).toBe(true);
  expect(await pruneCommits({ mirror: scene.mirror, commits: [commit], keep: [] })).toEqual([]);
});

test("a published commit stays, and is named", async () => {
  const commit = await installed("two\n");
  const own = { kind: "own", mirror: scene.mirror, branch: "main" } as const;
  await startOwnBranch(own, scene.base);
  await publishCommit(workshop, { authority: own, base: scene.base, commit });
  expect(await pruneCommits({ mirror: scene.mirror, commits: [commit], keep: [] })).toEqual([commit]);
  expect(holds(commit)).toBe(true);
});

test("what a run still stands on stays, whether a branch holds it or not", async () => {
  const [gone, base] = [await installed("hunter2\n"), await installed("a base the source dropped\n")];
  const keep = [base, "9".repeat(40)];
  await pruneCommits({ mirror: scene.mirror, commits: [gone], keep });
  expect([gone, base].map(holds)).toEqual([false, true]);
  expect(playGit(scene.mirror, ["for-each-ref", "--format=%(refname)", "refs/pilothouse"])).toBe("");
});

test("probe: a mirror that is not there has nothing to remove", async () => {
  expect(await pruneCommits({ mirror: "/nonexistent/x.git", commits: ["a".repeat(40)], keep: [] })).toEqual(
    [],
  );
});
