// The runner's hands: every execution is one fresh sandbox, numbered and told as events.
import type { Clock } from "#lib/clock.ts";
import { refused } from "#lib/errors.ts";
import type { Sandbox, SandboxSpec } from "#lib/jail/port.ts";
import { GIT_LIMITS } from "#lib/jail/rules.ts";
import type { Limits } from "#lib/jail/schema.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { TestPlan } from "#lib/protocol/schema.ts";
import { REPORT_BYTES } from "#lib/test-reports/junit.ts";
import { idsOf, type Report } from "#lib/test-reports/report.ts";
import { visibleText } from "#lib/text/rules.ts";
import { type Planting, plantingInput } from "./canary/plant.ts";
import { type CanaryReading, readCanaries } from "./canary/read.ts";
import { testCommand } from "./command/test-command.ts";
import { BUNDLE_BYTES, type Bundle, readBundle } from "./git/bundle.ts";
import { type Commit, HISTORY_SCRIPT, parseHistory } from "./git/history.ts";
import { type TreeSpec, treeLabel, treeSandbox } from "./git/trees.ts";
import { createPerform } from "./perform.ts";
import { type TestOutcome, testOutcome } from "./test-outcome.ts";

const FRAME_ROOM = 64 * 1024;
const HISTORY_ROOM = 4096;

export interface TestRun extends TestOutcome {
  /** Number of the command in the run's events. */
  readonly command: number;
  readonly exit: number | null;
  readonly ended: "itself" | "time" | "memory" | "cancelled";
  readonly milliseconds: number;
  /** What became of what was planted; the report is without it. Null where nothing was planted or nothing reported. */
  readonly planted?: CanaryReading | null;
}

export interface HarnessOptions {
  readonly sandbox: Sandbox;
  /** Host path of the bare repository; mounted read-only. */
  readonly repository: string;
  readonly baseCommit: string;
  readonly plan: TestPlan;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  emit(event: NewEvent): Promise<void>;
  /** What setup left for a tree: host path → path inside. */
  readonly mounts?: (tree: TreeSpec) => Readonly<Record<string, string>>;
  /** Numbers the commands, where others are numbered with them. */
  readonly nextCommand?: () => number;
}

export interface Harness {
  /** Runs the test command on a tree. Never throws for what the tree or its tests do. */
  test(tree: TreeSpec, purpose: string, planting?: Planting): Promise<TestRun>;
  /** Commits of `tree` on top of its commit, as a bundle with the one ref refs/heads/patch. */
  bundle(tree: TreeSpec, purpose: string): Promise<Bundle & { readonly command: number }>;
  /** First-parent history from the base back, at most `count` commits. */
  history(count: number): Promise<readonly Commit[]>;
}

export function createHarness(options: HarnessOptions): Harness {
  const { repository, baseCommit, plan, limits, emit } = options;
  const perform = createPerform(options);

  return {
    async test(tree, purpose, planting) {
      const args = [plan.reportPath, String(REPORT_BYTES), ...testCommand(plan)];
      const label = treeLabel(tree, baseCommit);
      const execution = await perform({
        argv: plan.argv,
        tree: label,
        purpose,
        spec: withMounts(
          treeSandbox({ repository, tree, part: "test", args, limits: withRoom(limits, REPORT_BYTES) }),
          options.mounts?.(tree),
        ),
        ...(planting ? { input: plantingInput(planting) } : {}),
      });
      const { command, exit } = execution;
      const seen = testOutcome(execution, plan.reportPath, limits);
      const planted = planting && seen.report ? readCanaries(seen.report, planting) : null;
      const outcome = { ...seen, report: planted?.report ?? seen.report };
      if (outcome.report && outcome.problem === null) await emit(reported(command, label, outcome.report));
      return {
        ...outcome,
        command,
        exit: exit.code,
        ended: exit.ended,
        milliseconds: Math.round(exit.milliseconds),
        planted,
      };
    },

    async bundle(tree, purpose) {
      const execution = await perform({
        argv: ["git", "bundle", "create", "-", "refs/heads/patch", `^${tree.commit}`],
        tree: treeLabel(tree, baseCommit),
        purpose,
        spec: treeSandbox({
          repository,
          tree,
          part: "bundle",
          args: [String(BUNDLE_BYTES)],
          limits: withRoom(limits, 2 * BUNDLE_BYTES),
        }),
      });
      return { ...readBundle(execution), command: execution.command };
    },

    async history(count) {
      const execution = await perform({
        argv: ["git", "log", "--first-parent", `--max-count=${count}`],
        tree: "base",
        purpose: "Read the history",
        spec: {
          command: ["sh", "-c", HISTORY_SCRIPT, "history", baseCommit, String(count)],
          readOnly: { [repository]: "/in/repository" },
          limits: withRoom(GIT_LIMITS, count * HISTORY_ROOM),
        },
      });
      const commits =
        execution.exit.code === 0 && !execution.isResultCut ? parseHistory(execution.result) : null;
      if (commits === null)
        throw refused(`The history could not be read: ${visibleText(execution.tail.trim())}`);
      return commits;
    },
  };
}

/** Read-only, below the tree before it is there: git fills the rest of it around them. */
export const withMounts = (
  spec: SandboxSpec,
  mounts: Readonly<Record<string, string>> = {},
): SandboxSpec => ({
  ...spec,
  readOnly: { ...spec.readOnly, ...mounts },
});

/** The limits of the plan, with enough room for what must come out. */
export function withRoom(limits: Limits, bytes: number): Limits {
  return { ...limits, outputBytes: Math.max(limits.outputBytes, bytes + FRAME_ROOM) };
}

function reported(command: number, tree: string, report: Report): NewEvent {
  const failing = idsOf(report, "failed");
  return {
    kind: "tests_reported",
    body: {
      command,
      tree: tree.slice(0, 200),
      passed: idsOf(report, "passed").length,
      failed: failing.length,
      skipped: idsOf(report, "skipped").length,
      failing: failing.slice(0, 200),
    },
  };
}
