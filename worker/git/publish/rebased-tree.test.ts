import { beforeAll, describe, expect, test } from "vitest";
import { commitFiles, createRepository, type FileTree, playGit } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { withQuarantine } from "../quarantine.ts";
import { type Rebased, rebasedTree } from "./rebased-tree.ts";

const workshop = await testWorkshop();
let work = "";
let mirror = "";
let base = "";
let proposed = "";

const NINE = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
const tree = (commit: string): string => playGit(work, ["rev-parse", `${commit}^{tree}`]);

/** The patch on a base that somebody took further, with git's own commands. */
async function rebase(further: () => string, patch = tree(proposed)): Promise<Rebased> {
  playGit(work, ["checkout", "--quiet", "--force", "--detach", base]);
  const head = further();
  playGit(work, [
    "push",
    "--quiet",
    "--force",
    mirror,
    "HEAD:refs/heads/main",
    `${proposed}:refs/heads/patch`,
  ]);
  return withQuarantine(workshop, mirror, (quarantine) =>
    rebasedTree(quarantine, { head, baseTree: tree(base), tree: patch }),
  );
}

const commits = (files: FileTree) => () => commitFiles(work, files, "Later");

beforeAll(() => {
  ({ path: work, head: base } = createRepository(workshop.fresh("work"), {
    ...{ "a.js": NINE, "dir/b.js": NINE.replaceAll("\n", " b\n"), "gone.js": "was here\n" },
  }));
  playGit(work, ["rm", "--quiet", "gone.js"]);
  proposed = commitFiles(work, { "a.js": NINE.replace("2", "TWO"), "dir/new.js": "n\n" }, "Proposed");
  mirror = workshop.fresh("mirror.git");
  playGit("/", ["clone", "--quiet", "--bare", work, mirror]);
});

describe("a patch on a base that moved", () => {
  test("is the same one where other files were changed, with those as they are there", async () => {
    const made = await rebase(commits({ "dir/b.js": "b\n", "c.js": "c\n" }));
    if (made.outcome !== "made") throw new Error(made.outcome);
    playGit(work, ["cherry-pick", proposed]);
    expect(made.tree).toBe(tree("HEAD"));
  });

  test.each([
    ["changed the same lines", { "a.js": NINE.replace("2", "ZWEI") }],
    [
      "changed other lines of the same file, though git would merge both",
      { "a.js": NINE.replace("9", "NINE") },
    ],
    ["brought a file of the same name", { "dir/new.js": "theirs\n" }],
    ["changed what the patch takes away", { "gone.js": "still here\n" }],
  ])("is another one where the branch %s", async (_, files) => {
    expect(await rebase(commits(files))).toEqual({ outcome: "changed" });
  });

  test("probe: is another one where git would carry it to a folder that was renamed", async () => {
    const renamed = await rebase(() => {
      playGit(work, ["mv", "dir", "elsewhere"]);
      playGit(work, ["commit", "--quiet", "-m", "Renamed"]);
      return playGit(work, ["rev-parse", "HEAD"]);
    });
    expect(renamed).toEqual({ outcome: "changed" });
  });

  test("probe: is another one where a mode it does not touch was changed in a file it does", async () => {
    const made = await rebase(() => {
      playGit(work, ["update-index", "--chmod=+x", "a.js"]);
      playGit(work, ["commit", "--quiet", "-m", "Executable"]);
      return playGit(work, ["rev-parse", "HEAD"]);
    });
    expect(made).toEqual({ outcome: "changed" });
  });

  test("is nothing where the branch has all of it, and is not there where its objects are not", async () => {
    const cherry = () => {
      playGit(work, ["cherry-pick", proposed]);
      return playGit(work, ["rev-parse", "HEAD"]);
    };
    expect(await rebase(cherry)).toEqual({ outcome: "nothing_left" });
    expect(await rebase(() => base, "e".repeat(40))).toEqual({ outcome: "not_there" });
  });
});
