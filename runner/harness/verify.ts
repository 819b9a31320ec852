// Verification: the base's tests on the base, the patch's on the patch, the base's on the patch, several times
// each. Says what was observed; what it means is decided by the control plane.
import os from "node:os";
import type { Clock } from "#lib/clock.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { Finish, Observation, VerifyAssignment } from "#lib/protocol/schema.ts";
import type { Prepared } from "../setup/prepare-setup.ts";
import { prepareRepository } from "./git/prepare.ts";
import type { TreeSpec } from "./git/trees.ts";
import { createHarness, type Harness, type TestRun } from "./harness.ts";
import { idsOf } from "./reports/report.ts";

export interface VerifyOptions {
  readonly assignment: VerifyAssignment;
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Host directory of this lease. */
  readonly directory: string;
  /** Host files, as the control plane sent them. */
  readonly bundles: { readonly base: string; readonly patch: string };
  emit(event: NewEvent): Promise<void>;
  /** Installs what a commit's manifests ask for; null where the charter has no setup. */
  readonly setUp?: SetUp | null;
  /** Numbers the commands, setup's first. */
  readonly nextCommand?: () => number;
}

export type SetUp = (of: {
  readonly repository: string;
  readonly commit: string;
  readonly from: "base" | "patch";
}) => Promise<Prepared>;

type Observed = Omit<Extract<Finish, { outcome: "observed" }>, "attempt">;
type Which = Observation["tree"];

const TITLES = {
  base_on_base: "Test the base",
  patch_on_patch: "Test the patch",
  base_on_patch: "Test the patch with the tests of the base",
} satisfies Record<Which, string>;

export async function verify(options: VerifyOptions): Promise<Observed> {
  const { assignment, sandbox, directory, bundles, signal, emit } = options;
  const { baseCommit, patchCommit, test, limits } = assignment;
  const repository = await prepareRepository({
    sandbox,
    directory,
    bundles: [bundles.base, bundles.patch],
    commits: [baseCommit, patchCommit],
    signal,
  });
  const setup = await setUpBoth(options, repository);
  const harness = createHarness({
    ...options,
    ...{ repository, baseCommit, plan: test, limits },
    mounts: ({ commit }) => (commit === patchCommit ? setup?.patch : setup?.base)?.mounts ?? {},
  });

  const trees: Record<Which, TreeSpec> = {
    base_on_base: { commit: baseCommit },
    patch_on_patch: { commit: patchCommit },
    base_on_patch: { commit: patchCommit, overlay: { from: baseCommit, paths: test.harnessPaths } },
  };
  const observations: Observation[] = [];
  for (const [index, which] of (Object.keys(TITLES) as Which[]).entries()) {
    const step = index + 1;
    await emit({ kind: "step_started", body: { step, title: TITLES[which] } });
    const seen = await repeat(harness, which, trees[which], assignment);
    observations.push(...seen);
    const problem = seen.find((observation) => observation.problem !== null)?.problem ?? null;
    await emit({
      kind: "step_finished",
      body: { step, outcome: problem === null ? "done" : "failed", detail: problem ?? countsOf(seen) },
    });
  }
  const seen = setup && {
    base: setup.base.seen,
    patch: setup.patch === setup.base ? null : setup.patch.seen,
  };
  return { outcome: "observed", environment: environmentOf(sandbox), setup: seen, observations };
}

/** What the patched tree is tested with is the base's, unless a person allowed its own manifests to be followed. */
async function setUpBoth({ assignment, setUp = null }: VerifyOptions, repository: string) {
  if (setUp === null) return null;
  const { baseCommit, patchCommit, setupOf } = assignment;
  const base = await setUp({ repository, commit: baseCommit, from: "base" });
  const patch = setupOf === "patch" ? await setUp({ repository, commit: patchCommit, from: "patch" }) : base;
  return { base, patch };
}

async function repeat(
  harness: Harness,
  which: Which,
  tree: TreeSpec,
  assignment: VerifyAssignment,
): Promise<Observation[]> {
  const { repeats, argv } = assignment.test;
  const seen: Observation[] = [];
  for (let count = 1; count <= repeats; count++) {
    const run = await harness.test(tree, `${TITLES[which]}, ${count} of ${repeats}`);
    seen.push(observation(run, which, count, tree.commit, argv));
  }
  return seen;
}

function observation(run: TestRun, tree: Which, repeat: number, commit: string, argv: string[]): Observation {
  const { exit, ended, milliseconds, reportSha256, problem } = run;
  // A report that is not believed names nothing.
  const report = problem === null && run.report ? run.report : { cases: [] };
  return {
    tree,
    repeat,
    commit,
    argv,
    exit,
    ended,
    milliseconds,
    reportSha256,
    passed: idsOf(report, "passed"),
    failed: idsOf(report, "failed"),
    skipped: idsOf(report, "skipped"),
    problem,
  };
}

function countsOf(seen: readonly Observation[]): string {
  const failed = seen.map((observation) => observation.failed.length);
  const runs = seen.length === 1 ? "1 run" : `${seen.length} runs`;
  return `${runs}, failed tests: ${failed.join(", ")}`;
}

/** The sandbox brings the same Node as the runner's own. */
function environmentOf(sandbox: Sandbox): Observed["environment"] {
  return {
    tier: sandbox.tier,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    kernel: os.release(),
  };
}
