// What the harness looks at beside the tests' results. Nothing here decides a verdict: what cannot be seen is said to be unseen.
import { GIT_LIMITS } from "#lib/jail/rules.ts";
import type { CoverageSeen, FrameworkName } from "#lib/protocol/checks.ts";
import { visibleText } from "#lib/text/rules.ts";
import { CALLED_BYTES, CALLED_SCRIPT, type Called, readCalled } from "../command/called.ts";
import { namedBy } from "../command/programs.ts";
import { testCommand } from "../command/test-command.ts";
import { readFrames } from "../frames.ts";
import { type TreeSpec, treeLabel, treeSandbox } from "../git/trees.ts";
import { type HarnessOptions, withMounts, withRoom } from "../harness.ts";
import { createPerform } from "../perform.ts";
import type { Counting } from "./counters.ts";
import {
  Counted,
  CountedLines,
  coverageOf,
  coverageOfLines,
  GATHER_LINES_SCRIPT,
  GATHER_SCRIPT,
} from "./coverage.ts";
import {
  type ChangedSource,
  INSPECT_SCRIPT,
  INSPECTED_BYTES,
  type Inspected,
  onlyFrame,
  readInspected,
} from "./inspect.ts";

const COUNTED_BYTES = 64 * 1024 * 1024;
const VERSION_LENGTH = 200;

const VERSIONS = {
  node_test: null, // Node's own version says it
  vitest: "vitest --version",
  jest: "jest --version",
  pytest: "python3 -m pytest --version",
  go_test: "go version",
  junit: "java --version",
} satisfies Record<FrameworkName, string | null>;

export interface ToolVersion {
  readonly name: string;
  readonly version: string;
}

export interface Looks {
  /** What has to be read of a tree, against the commit it is compared with; null where it cannot be. */
  inspect(tree: TreeSpec, comparedWith?: string): Promise<Inspected | null>;
  /** What is called by the files that any of the commands names; null where that cannot be read. */
  called(tree: TreeSpec, commands: readonly (readonly string[])[]): Promise<Called | null>;
  /** Which of the changed lines run in one run of the tests; null where nothing was counted. */
  cover(tree: TreeSpec, changed: readonly ChangedSource[]): Promise<CoverageSeen | null>;
  /** The same by a framework's own counter; null where it left nothing. */
  coverLines(
    tree: TreeSpec,
    changed: readonly ChangedSource[],
    counting: Counting,
  ): Promise<CoverageSeen | null>;
  /** What the frameworks' programs say of themselves; what is not there is left out. */
  versions(tree: TreeSpec, names: readonly FrameworkName[]): Promise<ToolVersion[]>;
}

export function createLooks(options: HarnessOptions): Looks {
  const { repository, baseCommit, plan, limits } = options;
  const perform = createPerform(options);
  const look = (
    tree: TreeSpec,
    part: "inspect" | "cover" | "cover_lines" | "versions",
    args: string[],
    bytes: number,
  ) =>
    withMounts(
      treeSandbox({
        ...{ repository, tree, part, args },
        limits: withRoom(part.startsWith("cover") ? limits : { ...limits, ...GIT_LIMITS }, bytes),
      }),
      options.mounts?.(tree),
    );

  return {
    async inspect(tree, comparedWith = "") {
      const args = [INSPECT_SCRIPT, comparedWith, ...plan.harnessPaths];
      return readInspected(
        await perform({
          argv: ["git", "ls-files", "--", ...plan.harnessPaths],
          tree: treeLabel(tree, baseCommit),
          purpose: "Read the test files",
          spec: look(tree, "inspect", args, INSPECTED_BYTES),
        }),
      );
    },

    async called(tree, commands) {
      const named = namedBy(...commands);
      const paths = JSON.stringify({ named, harness: plan.harnessPaths });
      return readCalled(
        await perform({
          argv: ["git", "ls-files", "--", ...named],
          tree: treeLabel(tree, baseCommit),
          purpose: "Read what the command calls",
          spec: look(tree, "inspect", [CALLED_SCRIPT, paths], CALLED_BYTES),
        }),
      );
    },

    async cover(tree, changed) {
      const paths = JSON.stringify(changed.map(({ path }) => path));
      const execution = await perform({
        argv: plan.argv,
        tree: treeLabel(tree, baseCommit),
        purpose: "Count which changed lines run",
        spec: look(tree, "cover", [GATHER_SCRIPT, paths, ...testCommand(plan)], COUNTED_BYTES),
      });
      const counted = Counted.safeParse(onlyFrame(execution, "covered"));
      return counted.success && counted.data.length > 0 ? coverageOf(changed, counted.data) : null;
    },

    async coverLines(tree, changed, { counter, argv, after }) {
      const paths = JSON.stringify(changed.map(({ path }) => path));
      const command = testCommand({ ...plan, argv: [...argv] });
      const execution = await perform({
        argv: plan.argv,
        tree: treeLabel(tree, baseCommit),
        purpose: `Count which changed lines run, by ${counter.by}`,
        spec: look(
          tree,
          "cover_lines",
          [GATHER_LINES_SCRIPT, counter.method, paths, after, ...command],
          COUNTED_BYTES,
        ),
      });
      const counted = CountedLines.safeParse(onlyFrame(execution, "covered"));
      return counted.success && counted.data ? coverageOfLines(changed, counted.data, counter.method) : null;
    },

    async versions(tree, names) {
      const commands = names.map((name) => VERSIONS[name]).filter((each) => each !== null);
      if (commands.length === 0) return [];
      const execution = await perform({
        argv: commands,
        tree: treeLabel(tree, baseCommit),
        purpose: "Ask for versions",
        spec: look(tree, "versions", commands, 0),
      });
      const said = (readFrames(execution.result) ?? []).filter(({ name }) => name === "version");
      return commands.flatMap((command, index) => {
        const text = visibleText(said[index]?.bytes.toString("utf8").trim() ?? "", "line");
        return text === ""
          ? []
          : [{ name: command.split(" ")[0] ?? "", version: text.slice(0, VERSION_LENGTH) }];
      });
    },
  };
}
