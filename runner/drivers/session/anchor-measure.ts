// What an anchor tells as measured: the work as it is now, tested by the harness in clean sandboxes of its own with the base's
// tests, and what the agent takes for granted, looked at there. Nothing is asked of the agent's own sandbox but the snapshot.
import { refused } from "#lib/errors.ts";
import type { Limits } from "#lib/jail/schema.ts";
import { idsOf, type Report } from "#lib/test-reports/report.ts";
import { execute } from "#runner/harness/execute.ts";
import { readFrames } from "#runner/harness/frames.ts";
import { type ChangedFile, parseNumstat } from "#runner/harness/git/bundle.ts";
import { createStack } from "#runner/harness/git/stack.ts";
import { type TreeSpec, treeSandbox } from "#runner/harness/git/trees.ts";
import { createHarness, type HarnessOptions, withMounts } from "#runner/harness/harness.ts";
import type { Assumption, Checked } from "./anchor-assumptions.ts";
import type { Snapshot } from "./port.ts";
import type { BaseResult } from "./prompt.ts";

export interface Measured {
  readonly tree: string;
  readonly passed: number;
  readonly failing: readonly string[];
  /** Null where the base was not tested in this attempt. */
  readonly base: BaseResult | null;
  /** Why the tests gave nothing to rely on; null where they did. */
  readonly problem: string | null;
  readonly files: readonly ChangedFile[];
}

export interface MeasureOptions extends HarnessOptions {
  /** Host folder of this lease. */
  readonly scratch: string;
  readonly base: BaseResult | null;
  snapshot(): Promise<Snapshot>;
  /** Whether the charter's policy lets the agent run this without asking. */
  mayRun(argv: readonly string[]): boolean;
}

/** Of one look, whatever the charter gives a whole attempt. */
const LOOK_SECONDS = 60;
const TEST_SECONDS = 900;
const MOST_COMMANDS = 5;
const FRAMES = 4 * 1024 * 1024;

export function createMeasure(options: MeasureOptions) {
  const { sandbox, repository, baseCommit, limits, plan, signal, scratch, base } = options;
  const stack = createStack({ sandbox, repository, directory: scratch, signal });

  async function look(repository: string, tree: TreeSpec, args: readonly string[]) {
    const short: Limits = {
      ...limits,
      seconds: Math.min(limits.seconds, LOOK_SECONDS),
      outputBytes: Math.max(limits.outputBytes, FRAMES),
    };
    const plain = treeSandbox({ repository, tree, part: "look", args, limits: short });
    const spec = withMounts(plain, options.mounts?.(tree));
    const { exit, result, isResultCut } = await execute({ sandbox, spec, signal, onOutput: async () => {} });
    return { exit, frames: isResultCut ? null : readFrames(result) };
  }

  async function checkCommand(
    repository: string,
    tree: TreeSpec,
    { text, argv, exit: expected }: Extract<Assumption, { about: "command" }>,
  ): Promise<Checked> {
    if (!options.mayRun(argv)) return { text, holds: null, detail: "the charter asks before such a command" };
    const { exit, frames } = await look(repository, tree, ["command", ...argv]);
    if (exit.ended !== "itself") return { text, holds: null, detail: ENDINGS[exit.ended] };
    const [made, ended, ...more] = frames ?? [];
    if (made?.name !== "tree" || ended?.name !== "ended" || more.length > 0 || ended.number !== exit.code)
      return { text, holds: null, detail: "something wrote into the harness's own channel" };
    return { text, holds: exit.code === expected, detail: `exit ${exit.code}` };
  }

  return async function measure(assumptions: readonly Assumption[]) {
    const { tree, bytes } = await options.snapshot();
    const bundle = bundleIn(bytes);
    const work = bundle === null ? { repository, commit: baseCommit } : await stack.add(bundle);
    const spec: TreeSpec = { commit: work.commit };
    const judged: TreeSpec = { ...spec, overlay: { from: baseCommit, paths: plan.harnessPaths } };

    const paths = assumptions.flatMap((each) => (each.about === "file" ? [each.path] : []));
    const { exit, frames } = await look(work.repository, spec, ["files", baseCommit, ...paths]);
    const [made, numstat, ...there] = frames ?? [];
    if (
      exit.code !== 0 ||
      made?.name !== "tree" ||
      numstat?.name !== "numstat" ||
      there.length !== paths.length
    )
      throw refused("The work's tree could not be read.");

    const quick: Limits = { ...limits, seconds: Math.min(limits.seconds, TEST_SECONDS) };
    const harness = createHarness({ ...options, repository: work.repository, limits: quick });
    const run = await harness.test(bundle === null ? spec : judged, "Measure the work for the anchor");
    const report = run.problem === null ? run.report : null;

    const isThere = new Map(paths.map((path, index) => [path, there[index]?.number === 1]));
    const checked: Checked[] = [];
    let commands = 0;
    for (const each of assumptions) {
      if (each.about === "file") checked.push(checkFile(each, isThere.get(each.path) ?? false));
      else if (each.about === "test") checked.push(checkTest(each, report));
      else if (++commands > MOST_COMMANDS)
        checked.push({ text: each.text, holds: null, detail: `only ${MOST_COMMANDS} commands are checked` });
      else checked.push(await checkCommand(work.repository, spec, each));
    }
    const ids = (outcome: "passed" | "failed") => (report ? idsOf(report, outcome) : []);
    const measured: Measured = {
      tree,
      passed: ids("passed").length,
      failing: ids("failed"),
      base,
      problem: run.problem,
      files: parseNumstat(numstat.bytes),
    };
    return { measured, checked };
  };
}

const ENDINGS = {
  itself: "",
  time: `did not end within ${LOOK_SECONDS} seconds`,
  memory: "needed too much memory",
  cancelled: "was stopped",
} as const;

function checkFile({ text, exists }: Extract<Assumption, { about: "file" }>, isThere: boolean): Checked {
  return { text, holds: isThere === exists, detail: isThere ? "it is there" : "it is not there" };
}

/** By its whole id, else by its name, else by a part of it; where several have that, all of them count. */
function checkTest(
  { text, test, passes }: Extract<Assumption, { about: "test" }>,
  report: Report | null,
): Checked {
  if (report === null) return { text, holds: null, detail: "the tests gave no result" };
  const [passed, failed] = [idsOf(report, "passed"), idsOf(report, "failed")];
  const ways = [
    (id: string) => id === test,
    (id: string) => id.endsWith(` › ${test}`),
    (id: string) => id.includes(test),
  ];
  const isIt = ways.find((way) => [...passed, ...failed].some(way)) ?? (() => false);
  const [good, bad] = [passed.filter(isIt).length, failed.filter(isIt).length];
  if (good + bad === 0) return { text, holds: null, detail: "no test of that name ran" };
  return { text, holds: passes ? bad === 0 : good === 0, detail: `${good} passed, ${bad} failed` };
}

/** The git bundle in a snapshot; null where the tree is the base's. The sandbox made it: only its own format is taken. */
export function bundleIn(snapshot: Buffer): Buffer | null {
  const end = snapshot.indexOf(0x0a);
  const size = end < 0 || end > 1000 ? undefined : sizeIn(snapshot.toString("utf8", 0, end));
  if (size === undefined || end + 1 + size > snapshot.length)
    throw refused("The snapshot of the work is not readable.");
  return size === 0 ? null : snapshot.subarray(end + 1, end + 1 + size);
}

function sizeIn(head: string): number | undefined {
  const [, size] = /^\{"version":1,"tree":"[0-9a-f]{40}","bundle":(\d{1,9})\}$/.exec(head) ?? [];
  return size === undefined ? undefined : Number(size);
}
