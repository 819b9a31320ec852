import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idsOf } from "#lib/test-reports/report.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { openHarnessScene } from "#lib/testing/harness-scene.ts";
import { ofKind, type RecipeRun, runRecipe, summaryOf } from "#lib/testing/recipe-scene.ts";
import {
  buildDemoRepository,
  DEMO_BRANCH,
  DEMO_TEST_PLAN,
  type DemoRepository,
} from "../../../examples/build-demo.ts";

const FLAKY = "test/outbox.test.js › outbox › sends the invoice before its reminder";
const GIVEN_UP = [
  "test/dunning.test.js › reminders › is friendly on the seventh day",
  "test/dunning.test.js › reminders › is firm on the twenty-first day",
];
const REPAIRED = {
  "Compare e-mail addresses without their case": [
    "test/customers.test.js › customers › finds nobody by an address nobody has",
    "test/customers.test.js › customers › finds a customer who came after one without an address",
    "test/payments.test.js › payments › come from the customer with the sender's address",
  ],
  "Show the tax of every line on invoices": [
    "test/tax.test.js › taxes the sum of the lines of one rate",
    "test/tax.test.js › loses nothing over a hundred small lines",
  ],
  "Let the platform do the month arithmetic": [
    "test/calendar.test.js › stays in the month when it is shorter",
    "test/calendar.test.js › knows the leap day",
  ],
};

let workshop: TestWorkshop;
let repository: string;
let demo: DemoRepository;
beforeAll(async () => {
  workshop = await openWorkshop();
  repository = workshop.fresh("demo.git");
  demo = await buildDemoRepository(repository);
});
afterAll(() => workshop.close());

describe("the demo repository", () => {
  test("has a history of its own that comes out the same every time", async () => {
    const again = await buildDemoRepository(workshop.fresh("again.git"));
    expect(again).toEqual(demo);
    expect(demo.commits).toBeGreaterThanOrEqual(40);
    const authors = new Set(playGit(repository, ["log", "--format=%an", DEMO_BRANCH]).split("\n"));
    expect(authors.size).toBeGreaterThanOrEqual(3);
  });

  test("is not built over something else", async () => {
    await expect(buildDemoRepository(repository)).rejects.toThrow("is not empty");
  });
});

describe("the recipe on the demo repository", () => {
  let run: RecipeRun;
  beforeAll(async () => {
    run = await runRecipe(workshop, { repository, base: demo.head, test: DEMO_TEST_PLAN, maxHistory: 200 });
  });

  test("repairs three causes by the commits that broke them", () => {
    const { repaired } = summaryOf(run);
    expect(Object.fromEntries(repaired.map(({ subject, tests }) => [subject, tests]))).toEqual(REPAIRED);
    expect(ofKind(run.events, "cluster_repaired")).toHaveLength(3);
  });

  test("gives up on the fourth because its revert conflicts, and says with what", () => {
    const { givenUp } = summaryOf(run);
    // The flaky test can fail by chance in every run of the base: then it is given up as well.
    const dunning = givenUp.filter(({ tests }) => !tests.includes(FLAKY));
    expect(dunning).toMatchObject([{ tests: GIVEN_UP }]);
    expect(dunning[0]?.reason).toMatch(
      /^Reverting [0-9a-f]{9} “Put the reminder stages into a table” conflicts in src\/dunning\.js; later work/,
    );
    expect(playGit(repository, ["show", "-s", "--format=%s", dunning[0]?.culprit ?? ""])).toBe(
      "Put the reminder stages into a table",
    );
  });

  test("names the flaky test where chance shows it, and nothing else as flaky", () => {
    const states = new Set(
      ofKind(run.events, "tests_reported")
        .filter(({ tree }) => tree === "base")
        .map(({ failing }) => failing.includes(FLAKY)),
    );
    expect(summaryOf(run).flaky).toEqual(states.size === 2 ? [FLAKY] : []);
  });

  test("backs every claim with commands that were run", () => {
    const finished = new Set(ofKind(run.events, "command_finished").map(({ command }) => command));
    const { claims } = summaryOf(run);
    expect(claims.length).toBeGreaterThanOrEqual(6);
    for (const { commands } of claims) {
      expect(commands.length).toBeGreaterThan(0);
      expect(commands.every((command) => finished.has(command))).toBe(true);
    }
  });

  test("says that it is prepared once, after the base was tested", () => {
    expect(run.prepared).toEqual([1]);
  });

  test("never runs the suite twice on one commit of the history", () => {
    const searched = ofKind(run.events, "command_started").filter(({ purpose }) =>
      purpose.startsWith("Look for a culprit"),
    );
    expect(new Set(searched.map(({ tree }) => tree)).size).toBe(searched.length);
    expect(searched.length).toBeLessThanOrEqual(25);
  });

  test("hands out a bundle on the base whose tests pass but for the given-up and the flaky one", async () => {
    const { result } = run;
    if (result.outcome !== "patch") throw new Error(result.outcome);
    expect(readFileSync(result.bundle).toString("latin1", 0, 200)).toContain(`-${demo.head}`);
    playGit(repository, ["fetch", "--quiet", result.bundle, "refs/heads/patch:refs/heads/patch"]);
    const patch = playGit(repository, ["rev-parse", "patch"]);
    expect(playGit(repository, ["rev-list", "--count", `${demo.head}..${patch}`])).toBe("3");
    const changed = ofKind(run.events, "file_changed").map(({ path }) => path);
    expect(changed).toEqual(["src/calendar.js", "src/customers.js", "src/tax.js"]);
    expect(ofKind(run.events, "patch_proposed")).toMatchObject([{ files: 3 }]);

    const { harness } = openHarnessScene(workshop, {}, repository);
    const { report, problem } = await harness({ base: demo.head, plan: DEMO_TEST_PLAN }).test(
      { commit: patch },
      "Test",
    );
    expect(problem).toBeNull();
    expect(
      idsOf(report ?? { cases: [] }, "failed")
        .filter((id) => id !== FLAKY)
        .toSorted(),
    ).toEqual(GIVEN_UP.toSorted());
  });
});
