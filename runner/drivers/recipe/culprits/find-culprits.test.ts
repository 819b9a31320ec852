import { describe, expect, test } from "vitest";
import { NewEvent } from "#lib/protocol/events.ts";
import type { Outcome } from "#lib/test-reports/report.ts";
import type { Commit } from "#runner/harness/git/history.ts";
import type { TestRun } from "#runner/harness/harness.ts";
import { createSteps } from "../../steps.ts";
import { type CulpritsFound, findCulprits } from "./find-culprits.ts";
import type { Suites } from "./suites.ts";

/** One row a test, newest commit first: b failed, g passed, - not there, ? the commit cannot be tested. */
type Table = Readonly<Record<string, string>>;

const OUTCOMES: Readonly<Record<string, Outcome>> = { b: "failed", g: "passed" };

function historyOf(length: number): Commit[] {
  const id = (index: number) => index.toString(16).padStart(40, "0");
  return Array.from({ length }, (_, index) => ({
    id: id(index + 1),
    tree: id(index + 1000),
    parents: index === length - 1 ? [] : [id(index + 2)],
    author: "Ada",
    subject: `Commit ${index}`,
  }));
}

function suitesOf(table: Table, history: readonly Commit[], ran: number[]): Suites {
  const runs = new Map<string, TestRun>();
  const run = (index: number): TestRun => {
    const cells = Object.entries(table).map(([id, row]) => ({ id, cell: row[index] ?? "-" }));
    const cases = cells.flatMap(({ id, cell }) => {
      const outcome = OUTCOMES[cell];
      return outcome ? [{ id, outcome, failure: null }] : [];
    });
    const problem = cells.some(({ cell }) => cell === "?") ? "No report." : null;
    const rest = {
      exit: 0,
      ended: "itself",
      milliseconds: 1,
      tree: "t",
      reportSha256: null,
      refusal: null,
    } as const;
    return { ...rest, command: index + 1, problem, report: problem === null ? { cases } : null };
  };
  const known = (commit: Commit) => runs.get(commit.tree);
  const at = async (commit: Commit) => {
    const before = known(commit);
    if (before) return before;
    const index = history.indexOf(commit);
    ran.push(index);
    runs.set(commit.tree, run(index));
    return run(index);
  };
  const base = history[0];
  if (base) runs.set(base.tree, run(0));
  return { at, known };
}

async function find(table: Table, clusters: readonly (readonly string[])[], isWhole = true) {
  const history = historyOf(Math.max(...Object.values(table).map((row) => row.length)));
  const ran: number[] = [];
  const events: NewEvent[] = [];
  const emit = async (event: NewEvent) => void events.push(NewEvent.parse(event));
  const found = await findCulprits({
    clusters: clusters.map((tests, index) => ({ number: index + 1, signature: "s", tests })),
    history,
    isWhole,
    suites: suitesOf(table, history, ran),
    nextNumber: clusters.length + 1,
    step: createSteps(emit),
    emit,
  });
  return { found, ran, events };
}

const found = ({ culprits }: CulpritsFound) => culprits.map(({ cluster, age }) => [age, cluster.tests]);
const reasons = ({ givenUp }: CulpritsFound) => givenUp.map(({ reason }) => reason);

describe("the culprits of clusters", () => {
  test("are found without running a commit twice, however many clusters look", async () => {
    const { found: result, ran } = await find({ x: "bbbggggggg", y: "bbbbbbgggg", z: "bggggggggg" }, [
      ["x"],
      ["y"],
      ["z"],
    ]);
    expect(found(result)).toEqual([
      [2, ["x"]],
      [5, ["y"]],
      [0, ["z"]],
    ]);
    expect(new Set(ran).size).toBe(ran.length);
    expect(ran).not.toContain(0);
  });

  test("rest on the last good and the first bad commit", async () => {
    const { found: result } = await find({ x: "bbbggg" }, [["x"]]);
    expect(result.culprits[0]?.commands).toEqual([4, 3]);
  });

  test("of tests that different commits broke are told apart, and the new cluster is told", async () => {
    const { found: result, events } = await find({ x: "bbgggggg", y: "bbbbbbgg", z: "bbgggggg" }, [
      ["x", "y", "z"],
    ]);
    expect(found(result)).toEqual([
      [1, ["x", "z"]],
      [5, ["y"]],
    ]);
    expect(events.filter(({ kind }) => kind === "cluster_found").map(({ body }) => body)).toMatchObject([
      { cluster: 2, tests: ["y"] },
    ]);
  });
});

describe("a search that ends without a culprit", () => {
  test.each<[string, string, boolean, RegExp]>([
    ["always failed", "bbbb", true, /every commit back to the first one/],
    ["failed as far as one may look", "bbbb", false, /every one of the last 4 commits/],
    ["failed since it was added", "bb--", true, /^It fails since it was added by 000000000 “Commit 1”/],
    [
      "cannot be tested before",
      "bb??",
      true,
      /^It fails back to 000000000 “Commit 1”; no older commit can be tested/,
    ],
    ["cannot be tested in between", "b??g", true, /^The culprit is one of 3 commits from/],
  ])("says that it %s, with the runs that show it", async (_, row, isWhole, reason) => {
    const { found: result } = await find({ x: row }, [["x"]], isWhole);
    expect(reasons(result)).toEqual([expect.stringMatching(reason)]);
    expect(result.givenUp[0]?.commands.length).toBeGreaterThan(0);
  });

  test("says that a test goes back and forth once others have looked there", async () => {
    const { found: result } = await find({ other: "bbbbbbbbgg", x: "bgbgbgbgbg" }, [["other"], ["x"]]);
    expect(reasons(result)).toEqual([expect.stringContaining("no single commit broke it, or it is flaky")]);
  });

  test("stops at thirty causes and says so for the rest", async () => {
    const names = Array.from({ length: 33 }, (_, index) => `t${index}`);
    const { found: result } = await find(
      Object.fromEntries(names.map((name) => [name, "bg"])),
      names.map((name) => [name]),
    );
    expect(result.culprits).toHaveLength(30);
    expect(reasons(result)).toEqual(Array(3).fill("Only 30 causes are looked for in one run."));
  });
});
