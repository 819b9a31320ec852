import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commitFiles, createRepository } from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { SUM } from "#lib/testing/harness-scene.ts";
import {
  type Change,
  note,
  ofKind,
  type RecipeChoices,
  type RecipeRun,
  repairHistory,
  runRecipe,
  suite,
  sum,
  summaryOf,
} from "#lib/testing/recipe-scene.ts";

let workshop: TestWorkshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

const repair = (changes: readonly Change[], choices?: Partial<RecipeChoices>) =>
  repairHistory(workshop, changes, choices);
const reasons = (run: RecipeRun) => summaryOf(run).givenUp.map(({ reason }) => reason);

describe("the recipe gives up, and says why", () => {
  test("when a test fails since it was added", async () => {
    const { run } = await repair([
      ["Add a wish", suite("wish", 'test("wish", () => assert.fail("not yet"));')],
      note(1),
    ]);
    expect(run.result.outcome).toBe("no_change");
    expect(reasons(run)).toEqual([
      expect.stringMatching(/^It fails since it was added by [0-9a-f]{9} “Add a wish”/),
    ]);
  });

  test("when the failure is older than it may look", async () => {
    const { run } = await repair([["Subtract", sum("a - b")], note(1), note(2), note(3), note(4)], {
      maxHistory: 2,
    });
    expect(reasons(run)).toEqual([
      "It fails in every one of the last 3 commits, which is as far back as this run may look.",
    ]);
  });

  test("when it failed from the first commit on", async () => {
    const { path: work } = createRepository(workshop.fresh("work"), { ...SUM, ...sum("a - b") });
    const base = commitFiles(work, { "notes.txt": "1\n" }, "Note");
    const run = await runRecipe(workshop, { repository: `${work}/.git`, base });
    expect(reasons(run)).toEqual(["It fails in every commit back to the first one: no commit broke it."]);
  });

  test("when the commits before cannot be tested", async () => {
    const { run } = await repair([
      ["Break the suite", { "package.json": "{ not json" }],
      ["Mend the suite, break the sum", { "package.json": '{ "type": "module" }\n', ...sum("a - b") }],
    ]);
    expect(reasons(run)).toEqual([
      expect.stringMatching(
        /^The culprit is one of 2 commits from [0-9a-f]{9} to [0-9a-f]{9}, which cannot be tested apart\.$/,
      ),
    ]);
  });

  test("when the revert conflicts with later work", async () => {
    const { run } = await repair([
      ["Subtract", sum("a - b")],
      ["Take one more", sum("a - b - 1 + 1")],
    ]);
    expect(reasons(run)).toEqual([
      expect.stringMatching(
        /^Reverting [0-9a-f]{9} “Subtract” conflicts in src\/sum\.js; later work changed the same lines, last [0-9a-f]{7} “Take one more”/,
      ),
    ]);
    expect(ofKind(run.events, "cluster_given_up")).toHaveLength(1);
  });

  test("when the revert breaks what came to rely on the culprit", async () => {
    const { run } = await repair([
      [
        "Subtract, and export a helper",
        {
          "src/sum.js": "export const sum = (a, b) => a - b;\n",
          "src/helper.js": "export const helper = () => 1;\n",
        },
      ],
      [
        "Use the helper",
        suite(
          "helper",
          'import { helper } from "../src/helper.js";\ntest("helps", () => assert.equal(helper(), 1));',
        ),
      ],
    ]);
    expect(run.result.outcome).toBe("no_change");
    expect(reasons(run)).toEqual([
      expect.stringMatching(/^Reverting .* breaks 1 other test: test\/helper\.test\.js › helps\.$/),
    ]);
  });

  test("when the revert would take the culprit's own tests back with it", async () => {
    const { run } = await repair([
      [
        "Subtract, with a test of it",
        {
          ...sum("a - b"),
          ...suite(
            "minus",
            'import { sum } from "../src/sum.js";\ntest("subtracts", () => assert.equal(sum(3, 2), 1));',
          ),
        },
      ],
    ]);
    expect(reasons(run)).toEqual([
      expect.stringContaining("breaks 1 other test: test/minus.test.js › subtracts"),
    ]);
  });
});
