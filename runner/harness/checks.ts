// What a verification says beside its three trees, put together for the control plane.
import type { Checks, FrameworkName } from "#lib/protocol/checks.ts";
import type { VerifyAssignment } from "#lib/protocol/schema.ts";
import type { Control } from "./canary/control.ts";
import type { Called } from "./command/called.ts";
import { programPaths } from "./command/programs.ts";
import type { TestSource } from "./frameworks/framework.ts";
import { frameworkOf, reportedIn } from "./frameworks/registry.ts";
import type { TreeSpec } from "./git/trees.ts";
import type { TestRun } from "./harness.ts";
import { COUNTING_CONFIG, countingOf, steersCounting } from "./looks/counters.ts";
import type { Inspected } from "./looks/inspect.ts";
import type { Looks } from "./looks/looks.ts";

const MOST_NAMED = 200;

interface Seen {
  readonly base: Inspected | null;
  readonly patch: Inspected | null;
  readonly script: string[] | null;
  readonly called: Called | null;
  readonly control: Control;
  readonly token: string;
  readonly command: string;
  readonly onBase: readonly TestRun[];
  readonly onPatch: readonly TestRun[];
}

type Put = Omit<Checks, "coverage" | "coverageReason" | "tools">;

export function checksOf(seen: Seen): { checks: Put; frameworks: FrameworkName[] } {
  const { base, patch, script, called, control, token, command } = seen;
  const names = (base?.tests ?? []).flatMap((source) => frameworkOf(source, command)?.name ?? []);
  const frameworks = [...new Set(names)];
  const before = new Set(unreported(base?.tests ?? [], command, seen.onBase));
  const after = unreported(patch?.tests ?? [], command, seen.onPatch);
  return {
    frameworks,
    checks: {
      command: script,
      followed: called && { files: called.files, shared: called.shared, isCut: called.isCut },
      frameworks: frameworks.map((name) => ({ name, files: names.filter((each) => each === name).length })),
      seed: token,
      canary: {
        files: control.planting?.files.length ?? 0,
        none: control.none?.slice(0, 1000).toWellFormed() ?? null,
        uncovered: control.uncovered.slice(0, MOST_NAMED),
      },
      unreported: after.filter((path) => !before.has(path)).slice(0, MOST_NAMED),
    },
  };
}

/** Files that hold tests of a known framework, and of which no report says anything. */
function unreported(sources: readonly TestSource[], command: string, runs: readonly TestRun[]): string[] {
  const isReported = reportedIn(runs.flatMap(({ report }) => report?.cases.map(({ id }) => id) ?? []));
  return sources
    .filter((source) => {
      const framework = frameworkOf(source, command);
      return framework !== null && !isReported(framework, source.path);
    })
    .map(({ path }) => path);
}

interface Place {
  readonly looks: Looks;
  readonly trees: { readonly patch_on_patch: TreeSpec };
  readonly assignment: Pick<VerifyAssignment, "baseCommit" | "test">;
  /** What runs in the place of the charter's command; null where that runs itself. */
  readonly script: readonly string[] | null;
  /** What is called by files that it names; null where that could not be read. */
  readonly called: Called | null;
}

/** What Node runs as it is. */
const NODE_SOURCE = /\.[cm]?[jt]s$/;

/**
 * By Node's engine where Node runs the sources as they are, else by the framework's own counter with the base's configuration.
 * Neither is read from a file of the tree. Anything else is said not to be measured.
 */
export async function coverageSeen(
  { looks, trees, assignment: { baseCommit, test }, script, called }: Place,
  patch: Inspected | null,
  frameworks: readonly FrameworkName[],
): Promise<Pick<Checks, "coverage" | "coverageReason">> {
  const not = (coverageReason: string) => ({ coverage: null, coverageReason });
  if (patch === null) return not("The changed lines could not be read.");
  const scripts = patch.changed.filter(({ path }) => NODE_SOURCE.test(path));
  if (frameworks.includes("node_test") && scripts.length > 0) {
    const coverage = await looks.cover(trees.patch_on_patch, scripts);
    return coverage
      ? { coverage, coverageReason: "" }
      : not("The run that counts left no counts of these files.");
  }
  const counting = countingOf(frameworks, script ?? test.argv);
  if (counting === null) return not(withoutCounter(frameworks));
  const { by, needs, sources } = counting.counter;
  const changed = patch.changed.filter(({ path }) => sources.test(path) && !steersCounting(path));
  if (changed.length === 0) return not(`No source is changed that ${by} counts.`);
  const paths = [...COUNTING_CONFIG, ...programPaths([test.argv, script ?? []], called)];
  const tree = {
    ...trees.patch_on_patch,
    overlay: { from: baseCommit, paths, says: "what steers counting of base" },
  };
  const coverage = await looks.coverLines(tree, changed, counting);
  return coverage
    ? { coverage, coverageReason: "" }
    : not(`${by} left no counts of the run that was to count. ${needs}`.trim());
}

function withoutCounter(frameworks: readonly FrameworkName[]): string {
  if (frameworks.length === 0) return "No framework is known whose counter could be asked.";
  if (frameworks.includes("junit")) return "Which lines ran is not measured of JUnit.";
  if (frameworks.includes("node_test")) return "No source is changed that Node runs as it is.";
  return "The command does not call the framework in a way that its counter could be asked for.";
}
