import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { commitFiles, createRepository, playGit } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { ownRef } from "../ids.ts";
import { publishCommit } from "./publish-commit.ts";
import { requireResult, whyAnother } from "./require-result.ts";

const workshop = await testWorkshop();
const [A, B, C] = ["a", "b", "c"].map((letter) => letter.repeat(40)) as [string, string, string];

describe("what is about to become the branch", () => {
  const result = { tree: A, base: B, tested: { tree: A, base: B } };
  const built = { tree: A, parents: [B] };

  test("is taken where tree and parent are those that were approved and tested", () => {
    expect(whyAnother(built, result)).toBeNull();
    expect(whyAnother(built, { ...result, tested: null })).toBeNull();
  });

  test.each([
    ["a commit that cannot be read", null, result, /cannot be read/],
    ["another tree", { ...built, tree: C }, result, /holds the tree c+, and a+ was approved/],
    ["another parent", { ...built, parents: [C] }, result, /stands on c+, and it was approved on b+/],
    ["a second parent", { ...built, parents: [B, C] }, result, /stands on b+ and c+/],
    ["no parent", { ...built, parents: [] }, result, /stands on nothing/],
    ["a tree that nobody tested", built, { ...result, tested: { tree: C, base: B } }, /not what was tested/],
    [
      "a base it was not tested on",
      built,
      { ...result, tested: { tree: A, base: C } },
      /not what was tested/,
    ],
  ])("probe: %s is refused", (_, seen, wanted, why) => {
    expect(whyAnother(seen, wanted)).toMatch(why);
  });
});

describe("a branch that several move at once", () => {
  let mirror = "";
  let work = "";
  let base = "";
  /** Commits that a worker may come to publish, and what of each was approved. */
  const built: { commit: string; tree: string; base: string; isRight: boolean }[] = [];
  let theirs = "";

  const treeOf = (commit: string) => playGit(work, ["rev-parse", `${commit}^{tree}`]);
  const on = (parent: string, text: string): string => {
    playGit(work, ["checkout", "--quiet", "--force", "--detach", parent]);
    return commitFiles(work, { "a.js": text }, text);
  };

  beforeAll(() => {
    ({ path: work, head: base } = createRepository(workshop.fresh("work"), { "a.js": "one\n" }));
    const approved = on(base, "approved\n");
    const other = on(base, "other\n");
    theirs = on(base, "theirs\n");
    const later = on(theirs, "approved\n");
    mirror = workshop.fresh("mirror.git");
    for (const [name, commit] of Object.entries({ approved, other, theirs, later }))
      playGit(work, ["branch", name, commit]);
    playGit("/", ["clone", "--quiet", "--bare", work, mirror]);
    const tree = treeOf(approved);
    built.push(
      { commit: approved, tree, base, isRight: true },
      { commit: other, tree, base, isRight: false },
      { commit: later, tree, base, isRight: false },
    );
  });

  test("in whatever order, it moves once at most from the approved base, and to nothing but the approved tree on it", async () => {
    const authority = { kind: "own", mirror, branch: "main" } as const;
    const steps = fc.array(fc.constantFrom(0, 1, 2, "theirs" as const), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(steps, async (order) => {
        playGit(mirror, ["update-ref", ownRef("main"), base]);
        const at = () => playGit(mirror, ["rev-parse", ownRef("main")]);
        let merges = 0;
        for (const step of order) {
          const before = at();
          if (step === "theirs") {
            if (before === base) playGit(mirror, ["update-ref", ownRef("main"), theirs, base]);
            continue;
          }
          const { commit, tree, base: approvedOn, isRight } = built[step] ?? built[0] ?? { commit: "" };
          const tested = { tree: tree ?? "", base: approvedOn ?? "" };
          const result = { commit, ...tested, tested };
          const outcome = await requireResult(mirror, result).then(
            () => publishCommit(workshop, { authority, base: tested.base, commit }),
            () => null, // refused before anything was asked of the ref: that is what is tried
          );
          expect(outcome !== null).toBe(isRight);
          if (at() !== before) merges += 1;
          if (outcome?.outcome === "moved") expect([treeOf(at()), at()]).toEqual([tree, commit]);
          if (before === theirs) expect(at()).toBe(theirs);
        }
        expect(merges).toBeLessThanOrEqual(1);
      }),
      { numRuns: 12 },
    );
  });
});
