// Verification: tests of base and patch on both trees, several times each; canaries among the base's, the patch's new tests on
// the base, and which changed lines run. Says what was observed; what it means is decided by the control plane.
import { randomBytes } from "node:crypto";
import os from "node:os";
import type { Clock } from "#lib/clock.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { NO_FRAMEWORK } from "#lib/protocol/checks.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { Finish, NewTests, Observation, VerifyAssignment } from "#lib/protocol/schema.ts";
import type { Prepared } from "../setup/prepare-setup.ts";
import { type Control, judgeControl, withoutCanary } from "./canary/control.ts";
import { type Planting, plantInto } from "./canary/plant.ts";
import { checksOf, coverageSeen } from "./checks.ts";
import type { Called } from "./command/called.ts";
import { packageScript } from "./command/package-script.ts";
import { prepareRepository } from "./git/prepare.ts";
import { treesOf } from "./git/three-trees.ts";
import type { TreeSpec } from "./git/trees.ts";
import { createHarness, type Harness, type TestRun } from "./harness.ts";
import type { Inspected } from "./looks/inspect.ts";
import { createLooks, type Looks } from "./looks/looks.ts";
import { countsOf, observationOf, seenIn } from "./observe.ts";
import { counter } from "./perform.ts";

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

/** What one verification works with. */
interface Scene {
  readonly assignment: VerifyAssignment;
  readonly trees: Readonly<Record<Which, TreeSpec>>;
  readonly harness: Harness;
  readonly looks: Looks;
  /** What runs, as one line. */
  readonly command: string;
  /** Runs a step and tells it; it says its outcome in a few words. */
  step<T>(title: string, work: () => Promise<T>, outcome: (done: T) => Told): Promise<T>;
}

interface Told {
  readonly problem: string | null;
  readonly detail: string;
}

export async function verify(options: VerifyOptions): Promise<Observed> {
  const { assignment, sandbox, directory, bundles, signal } = options;
  const { baseCommit, patchCommit, test, limits } = assignment;
  const repository = await prepareRepository({
    sandbox,
    directory,
    bundles: [bundles.base, bundles.patch],
    commits: [baseCommit, patchCommit],
    signal,
  });
  const setup = await setUpBoth(options, repository);
  const common = {
    ...options,
    ...{ repository, baseCommit, limits, nextCommand: options.nextCommand ?? counter() },
    mounts: ({ commit }: TreeSpec) => (commit === patchCommit ? setup?.patch : setup?.base)?.mounts ?? {},
  };
  const base = await createLooks({ ...common, plan: test }).inspect({ commit: baseCommit });
  const script = packageScript(test.argv, base?.manifest ?? null);
  const plan = { ...test, argv: script ?? test.argv };
  const called = await createLooks({ ...common, plan }).called({ commit: baseCommit }, [
    test.argv,
    script ?? [],
  ]);
  const scene: Scene = {
    assignment,
    trees: treesOf(assignment, script, called),
    harness: createHarness({ ...common, plan }),
    looks: createLooks({ ...common, plan }),
    command: plan.argv.join(" "),
    step: createSteps(options.emit),
  };
  const seen = setup && {
    base: setup.base.seen,
    patch: setup.patch === setup.base ? null : setup.patch.seen,
  };
  return {
    outcome: "observed",
    environment: environmentOf(sandbox),
    setup: seen,
    ...(await observe(scene, base, { script, called })),
  };
}

async function observe(
  scene: Scene,
  base: Inspected | null,
  ran: { readonly script: string[] | null; readonly called: Called | null },
): Promise<Pick<Observed, "observations" | "checks" | "newTests">> {
  const { trees, looks, command, assignment } = scene;
  const onBase = await repeat(scene, "base_on_base");
  const token = `canary_${randomBytes(6).toString("hex")}`;
  const control = await tryCanaries(scene, plantInto(base?.tests ?? [], command, token), base, onBase);
  const onPatch = await repeat(scene, "patch_on_patch");
  const crossed = await repeat(scene, "base_on_patch", control.planting ?? undefined);
  const newTests = await testNewOnBase(scene, onBase, onPatch);
  const patch = await looks.inspect(trees.patch_on_patch, assignment.baseCommit);
  const { checks, frameworks } = checksOf({
    ...{ base, patch, ...ran, control, token, command },
    onBase: onBase.runs,
    onPatch: onPatch.runs,
  });
  const coverage = await coverageSeen({ looks, assignment, ...ran, trees }, patch, frameworks);
  const git = base === null ? [] : [{ name: "git", version: base.git }];
  const tools = [...git, ...(await looks.versions(trees.base_on_base, frameworks))];
  const observations = [onBase, onPatch, crossed].flatMap((each) => each.observations);
  return { observations, checks: { ...checks, ...coverage, tools }, newTests };
}

interface Repeated {
  readonly runs: readonly TestRun[];
  readonly observations: readonly Observation[];
}

function repeat(scene: Scene, which: Which, planting?: Planting): Promise<Repeated> {
  const { repeats, argv } = scene.assignment.test;
  const tree = scene.trees[which];
  const work = async (): Promise<Repeated> => {
    const runs: TestRun[] = [];
    for (let count = 1; count <= repeats; count++)
      runs.push(await scene.harness.test(tree, `${TITLES[which]}, ${count} of ${repeats}`, planting));
    const observations = runs.map((run, index) =>
      observationOf(run, { tree: which, repeat: index + 1, commit: tree.commit }, argv),
    );
    return { runs, observations };
  };
  return scene.step(TITLES[which], work, ({ observations }) => ({
    problem: observations.find(({ problem }) => problem !== null)?.problem ?? null,
    detail: countsOf(observations),
  }));
}

/** What the base itself cannot carry is not planted into its tests on the patch. */
async function tryCanaries(
  scene: Scene,
  planting: Planting,
  base: Inspected | null,
  { runs }: Repeated,
): Promise<Control> {
  const sources = base?.tests ?? [];
  if (runs.some(({ problem }) => problem !== null))
    return withoutCanary("the base itself cannot be tested.", sources, runs);
  if (base === null) return withoutCanary("the test files of the base could not be read.", sources, runs);
  if (planting.files.length === 0) return withoutCanary(NO_FRAMEWORK, sources, runs);
  const title = "Test the base with tests that must fail";
  return scene.step(
    title,
    async () =>
      judgeControl(
        planting,
        await scene.harness.test(scene.trees.base_on_base, title, planting),
        runs,
        sources,
      ),
    (control) => ({
      problem: null,
      detail:
        control.none === null
          ? `canaries in ${control.planting?.files.length} files`
          : `no canary: ${control.none}`,
    }),
  );
}

/** Tests that only the patch has and that pass there: with the base's code they have to fail. */
async function testNewOnBase(
  scene: Scene,
  onBase: Repeated,
  onPatch: Repeated,
): Promise<NewTests | undefined> {
  const { baseCommit, patchCommit, test } = scene.assignment;
  const known = new Set(
    onBase.observations.flatMap(({ passed, failed, skipped }) => [...passed, ...failed, ...skipped]),
  );
  const isNew = onPatch.observations.some(({ passed }) => passed.some((id) => !known.has(id)));
  if (!isNew) return undefined;
  const title = "Test the base with the tests of the patch";
  const overlay = { from: patchCommit, paths: test.harnessPaths, says: "tests of the patch" };
  return scene.step(
    title,
    async () =>
      seenIn(await scene.harness.test({ commit: baseCommit, overlay }, title), baseCommit, test.argv),
    (seen) => ({ problem: seen.problem, detail: countsOf([seen]) }),
  );
}

function createSteps(emit: VerifyOptions["emit"]): Scene["step"] {
  const next = counter();
  return async (title, work, outcome) => {
    const step = next();
    await emit({ kind: "step_started", body: { step, title } });
    const done = await work();
    const { problem, detail } = outcome(done);
    await emit({
      kind: "step_finished",
      body: { step, outcome: problem === null ? "done" : "failed", detail: problem ?? detail },
    });
    return done;
  };
}

/** What the patched tree is tested with is the base's, unless a person allowed its own manifests to be followed. */
async function setUpBoth({ assignment, setUp = null }: VerifyOptions, repository: string) {
  if (setUp === null) return null;
  const { baseCommit, patchCommit, setupOf } = assignment;
  const base = await setUp({ repository, commit: baseCommit, from: "base" });
  const patch = setupOf === "patch" ? await setUp({ repository, commit: patchCommit, from: "patch" }) : base;
  return { base, patch };
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
