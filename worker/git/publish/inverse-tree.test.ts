import { beforeAll, describe, expect, test } from "vitest";
import { commitFiles, createRepository, type FileTree, playGit } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { withQuarantine } from "../quarantine.ts";
import { type Inverse, inverseTree } from "./inverse-tree.ts";

const workshop = await testWorkshop();
let work = "";
let mirror = "";
let before = "";
let merged = "";

const tree = (commit: string): string => playGit(work, ["rev-parse", `${commit}^{tree}`]);

/** Undoes the merge on a head that somebody took further. */
async function undo(files: FileTree | null, mergedTree = tree(merged)): Promise<Inverse> {
  playGit(work, ["checkout", "--quiet", "--force", "--detach", merged]);
  const head = files === null ? merged : commitFiles(work, files, "Later");
  playGit(work, ["push", "--quiet", "--force", mirror, "HEAD:refs/heads/main"]);
  return withQuarantine(workshop, mirror, (quarantine) =>
    inverseTree(quarantine, { head, mergedTree, beforeTree: tree(before) }),
  );
}

beforeAll(() => {
  ({ path: work, head: before } = createRepository(workshop.fresh("work"), {
    "a.js": "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
    "gone.js": "was here\n",
  }));
  playGit(work, ["rm", "--quiet", "gone.js"]);
  merged = commitFiles(work, { "a.js": "1\nTWO\n3\n4\n5\n6\n7\n8\n9\n", "new.js": "n\n" }, "Merged");
  mirror = workshop.fresh("mirror.git");
  playGit("/", ["clone", "--quiet", "--bare", work, mirror]);
});

describe("the tree that undoes a merge", () => {
  test("is the one from before where nothing came after", async () => {
    expect(await undo(null)).toEqual({ outcome: "made", tree: tree(before) });
  });

  test("keeps what came after at other lines", async () => {
    const made = await undo({ "a.js": "1\nTWO\n3\n4\n5\n6\n7\n8\nNINE\n", "other.js": "o\n" });
    if (made.outcome !== "made") throw new Error(made.outcome);
    playGit(work, ["fetch", "--quiet", mirror, "main"]);
    const want = commitFiles(
      work,
      { "a.js": "1\n2\n3\n4\n5\n6\n7\n8\nNINE\n", "gone.js": "was here\n" },
      "Wanted",
    );
    playGit(work, ["rm", "--quiet", "new.js"]);
    playGit(work, ["commit", "--quiet", "--amend", "--no-edit"]);
    expect(want).not.toBe("");
    expect(made.tree).toBe(tree("HEAD"));
  });

  test("is none where the same lines were changed, or a file that came with it; their names are told", async () => {
    const made = await undo({ "a.js": "1\nZWEI\n3\n4\n5\n6\n7\n8\n9\n", "new.js": "changed\n" });
    expect(made).toEqual({ outcome: "conflict", paths: ["a.js", "new.js"] });
  });

  test("is none where it was undone already", async () => {
    playGit(work, ["checkout", "--quiet", "--force", "--detach", merged]);
    playGit(work, ["revert", "--no-edit", "HEAD"]);
    playGit(work, ["push", "--quiet", "--force", mirror, "HEAD:refs/heads/main"]);
    const undoing = {
      ...{ head: playGit(work, ["rev-parse", "HEAD"]), mergedTree: tree(merged), beforeTree: tree(before) },
    };
    expect(await withQuarantine(workshop, mirror, (q) => inverseTree(q, undoing))).toEqual({
      outcome: "nothing_left",
    });
  });

  test("probe: is none of a tree that is not there, or that is no tree", async () => {
    expect(await undo(null, "1".repeat(40))).toEqual({ outcome: "not_there" });
    expect(await undo(null, merged)).toEqual({ outcome: "not_there" });
    await expect(undo(null, "--help")).rejects.toThrow();
  });
});
