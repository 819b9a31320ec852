// An agent without a model: tests the base, groups what fails steadily, finds the commit that broke each group and
// proposes to revert it. Deterministic but for the tests' own flakiness.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "#lib/errors.ts";
import type { Report } from "#lib/test-reports/report.ts";
import type { AgentDriver, DriverContext, DriverResult } from "#runner/drivers/port.ts";
import type { Commit } from "#runner/harness/git/history.ts";
import { createHarness, type Harness, type TestRun } from "#runner/harness/harness.ts";
import { createSteps, type Step } from "../steps.ts";
import { clusterFound, clusterGivenUp, clusterRepaired } from "./cluster-events.ts";
import { findCulprits } from "./culprits/find-culprits.ts";
import { createSuites } from "./culprits/suites.ts";
import { type Classified, classify } from "./failures/classify.ts";
import { type Cluster, cluster } from "./failures/cluster.ts";
import { type Combined, combine } from "./reverts/combine.ts";
import { tryReverts } from "./reverts/try-reverts.ts";
import { type Account, summarise } from "./summary.ts";
import { handInReport, watchTests } from "./test-report.ts";
import { count } from "./words.ts";

/** Fewer cannot tell flaky from steady. */
const FEWEST_RUNS = 3;

export const recipe: AgentDriver = {
  name: "recipe",
  caps: { steer: "none", approvals: false, resume: false, interrupt: false, deltas: false },
  async run(context) {
    try {
      const watched = watchTests(context);
      const step = createSteps(context.emit);
      const result = await repair(watched.context, step);
      if (result.outcome === "patch" || result.outcome === "no_change")
        await handInReport(watched, step, result.summary);
      return result;
    } catch (error) {
      // What a repository or a tool made impossible is a result; the end of the lease and our own faults are not.
      if (error instanceof AppError && error.code === "refused" && !context.signal.aborted)
        return { outcome: "failed", reason: error.message.slice(0, 4000).toWellFormed() };
      throw error;
    }
  },
};

async function repair(context: DriverContext, step: Step): Promise<DriverResult> {
  const { assignment, workspace, emit, clock, sandbox, signal } = context;
  const { baseCommit, test: plan, limits } = assignment;
  const harness = createHarness({
    sandbox,
    repository: workspace.repository,
    mounts: () => workspace.mounts ?? {},
    nextCommand: workspace.nextCommand,
    baseCommit,
    plan,
    limits,
    clock,
    signal,
    emit,
  });

  const first = await step(
    "Test the base",
    () => harness.test({ commit: baseCommit }, "Test the base"),
    testedText,
  );
  if (first.problem !== null || first.tree === null)
    return { outcome: "failed", reason: first.problem ?? "The base has no tree." };
  await context.prepared();

  const runs = await repeatBase(first, Math.max(FEWEST_RUNS, plan.repeats), harness, step, baseCommit);
  const broken = runs.find(({ problem }) => problem !== null);
  if (broken) return { outcome: "failed", reason: `The base cannot be tested reliably: ${broken.problem}` };
  const classified = classify(
    runs.map(({ report }) => report).filter((report): report is Report => report !== null),
  );
  const account: Account = {
    baseRuns: runs.map(({ command }) => command),
    classified,
    culprits: [],
    givenUp: [],
    combined: null,
  };

  const clusters = await groupFailures(classified, step, context);
  if (clusters.steady.length === 0) return { outcome: "no_change", summary: summarise(account) };

  const history = await readHistory(harness, step, assignment.maxHistory + 1);
  const found = await findCulprits({
    clusters: clusters.steady,
    history,
    isWhole: history.at(-1)?.parents.length === 0,
    suites: createSuites(harness, { tree: first.tree, run: first }),
    nextNumber: clusters.next,
    step,
    emit,
  });
  for (const each of found.givenUp) await emit(clusterGivenUp(each));

  const shared = {
    base: baseCommit,
    plan,
    harness,
    passing: classified.passing,
    runs: runs.length,
    step,
    emit,
  };
  const tried = await tryReverts(found.culprits, shared);
  const combined = await combine(tried.accepted, shared);
  const whole: Account = {
    ...account,
    culprits: found.culprits,
    givenUp: [...found.givenUp, ...tried.givenUp, ...combined.givenUp],
    combined: combined.accepted.length > 0 ? combined : null,
  };
  const summary = summarise(whole);
  await emit({ kind: "note", body: { text: summary.text.slice(0, 4000).toWellFormed() } });
  if (combined.accepted.length === 0) return { outcome: "no_change", summary };

  for (const { culprit, clusters } of combined.accepted) {
    for (const cluster of clusters) await emit(clusterRepaired({ cluster, culprit }));
  }
  const bundle = await propose(combined, harness, step, context);
  return { outcome: "patch", bundle, summary };
}

async function repeatBase(
  first: TestRun,
  wanted: number,
  harness: Harness,
  step: Step,
  commit: string,
): Promise<TestRun[]> {
  const again = async () => {
    const runs = [first];
    while (runs.length < wanted)
      runs.push(await harness.test({ commit }, `Test the base again, ${runs.length + 1} of ${wanted}`));
    return runs;
  };
  return step("Repeat, to tell flaky from steady", again, (runs) => ({
    detail: `${count(runs.length, "run")} of the base in all`,
  }));
}

async function groupFailures({ steady, flaky }: Classified, step: Step, { emit }: DriverContext) {
  const group = async (): Promise<{ steady: Cluster[]; next: number }> => {
    const steadyClusters = cluster(steady, 1);
    const flakyClusters = cluster(flaky, steadyClusters.length + 1);
    for (const each of steadyClusters) await emit(clusterFound(each, "steady"));
    for (const each of flakyClusters) await emit(clusterFound(each, "flaky"));
    return { steady: steadyClusters, next: steadyClusters.length + flakyClusters.length + 1 };
  };
  const texts = `${count(steady.length, "steady failure")}, ${count(flaky.length, "flaky test")}`;
  return step("Group the failures by their cause", group, (clusters) => ({
    detail: `${texts}; ${count(clusters.steady.length, "cause")} to look for`,
  }));
}

function readHistory(harness: Harness, step: Step, most: number): Promise<readonly Commit[]> {
  return step(
    "Read the history",
    () => harness.history(most),
    (history) => ({ detail: count(history.length, "commit") }),
  );
}

async function propose(
  { tree }: Combined,
  harness: Harness,
  step: Step,
  { workspace, emit }: DriverContext,
): Promise<string> {
  const write = async () => {
    const { bytes, files } = await harness.bundle(tree, "Hand out the reverts as a patch");
    const bundle = path.join(workspace.scratch, "patch.bundle");
    await writeFile(bundle, bytes);
    for (const { path: file, added, removed } of files) {
      await emit({ kind: "file_changed", body: { path: file, added, removed } });
    }
    const total = (lines: readonly number[]) => lines.reduce((sum, number) => sum + number, 0);
    const added = total(files.map((file) => file.added));
    const removed = total(files.map((file) => file.removed));
    await emit({
      kind: "patch_proposed",
      body: { files: files.length, added, removed, bytes: bytes.length },
    });
    return { bundle, files: files.length };
  };
  const { bundle } = await step("Propose the patch", write, ({ files }) => ({
    detail: `${count(files, "file")} changed`,
  }));
  return bundle;
}

function testedText({ problem, report }: TestRun) {
  if (problem !== null) return { outcome: "failed" as const, detail: problem };
  const failed = report?.cases.filter(({ outcome }) => outcome === "failed").length ?? 0;
  return { detail: `${count(failed, "failed test")} of ${report?.cases.length ?? 0}` };
}
