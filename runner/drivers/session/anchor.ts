// Re-anchoring: by charter an agent is told again what it works on, with what was measured instead of what it remembers. The
// orchestrator says what happened and asks when it is due; what is said here goes to the agent as a prompt of its own.
import { AppError } from "#lib/errors.ts";
import { type Anchoring, isAnchored } from "#lib/protocol/anchoring.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { visibleText } from "#lib/text/rules.ts";
import { type Assumption, assumptionsIn, type Checked, planIn } from "./anchor-assumptions.ts";
import type { Measured } from "./anchor-measure.ts";
import type { TreeChanges } from "./port.ts";

/** Counted since the session began, in this attempt. */
export interface AnchorMoment {
  /** Answers of the model. */
  readonly turns: number;
  /** What the agent did so far: items that were opened. */
  readonly items: number;
  /** By the agent's own count: in without what was cached, and out. */
  readonly tokens: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Whether the charter wants the agent re-anchored now. Never where nothing happened since the last time. */
export function isDue(plan: Anchoring, last: AnchorMoment, now: AnchorMoment): boolean {
  if (now.turns === last.turns && now.items === last.items) return false;
  const passed = (limit: number, amount: number) => limit > 0 && amount >= limit;
  return (
    passed(plan.turns, now.turns - last.turns) ||
    passed(plan.minutes * 60_000, now.at - last.at) ||
    passed(plan.tokens, now.tokens - last.tokens)
  );
}

export interface AnchorText {
  /** The newest. */
  readonly goal: string;
  readonly pilotGoal: string;
  readonly allowedPaths: readonly string[];
  readonly testArgv: readonly string[];
  /** As the agent stated it last. */
  readonly plan: readonly string[];
  /** A sentence where it could not be measured. */
  readonly measured: Measured | string;
  /** Files that items of the agent changed since it was told last. */
  readonly since: { readonly paths: readonly string[]; readonly more: number };
  readonly checked: readonly Checked[];
  readonly secondsLeft: number;
  /** Millionths of a dollar; null where nobody here knows. */
  readonly microsLeft: number | null;
}

const SHOWN = 20;
/** Names that are kept between two anchors; the others are counted. */
const REMEMBERED = 1000;
const LONGEST_GOAL = 8000;

/** `more`: how many there are besides these. */
const listed = (items: readonly string[], most = SHOWN, more = 0): string[] => {
  const left = Math.max(0, items.length - most) + more;
  return [...items.slice(0, most).map((item) => `- ${item}`), ...(left > 0 ? [`- and ${left} more`] : [])];
};

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;

/** Names as text: a file may be called anything. */
const named = (path: string): string => visibleText(path, "line").slice(0, 300).toWellFormed();

const sinceText = ({ paths, more }: AnchorText["since"]): string[] =>
  paths.length + more === 0
    ? ["- Since you were told last, no file was changed."]
    : [
        `- Since you were told last, ${plural(paths.length + more, "file")} changed:`,
        ...listed(paths.map(named), SHOWN, more).map((line) => `  ${line}`),
      ];

function stateText({ measured, since, secondsLeft, microsLeft }: AnchorText): string[] {
  const left = [
    ...sinceText(since),
    `- Time left: ${Math.max(0, Math.floor(secondsLeft / 60))} minutes.`,
    ...(microsLeft === null ? [] : [`- Budget left: $${(microsLeft / 1_000_000).toFixed(2)}.`]),
  ];
  if (typeof measured === "string") return [`- ${measured}`, ...left];
  const { passed, failing, base, problem, files } = measured;
  const known = new Set(base?.failing);
  const now = new Set(failing);
  const newly = base === null ? failing : failing.filter((id) => !known.has(id));
  const repaired = base?.failing.filter((id) => !now.has(id)).length ?? 0;
  const tests =
    problem === null
      ? [
          `- Tests, run by the harness in a clean sandbox: ${passed} pass, ${failing.length} fail.`,
          ...(base === null ? [] : [`- On the base: ${base.passed} pass, ${base.failing.length} fail.`]),
          ...(newly.length > 0
            ? [
                base === null ? "- Failing now:" : "- Failing now and not on the base:",
                ...listed(newly).map((line) => `  ${line}`),
              ]
            : []),
          ...(base === null ? [] : [`- Failing on the base and not now: ${repaired}.`]),
        ]
      : [`- The harness could not test the work as it is: ${problem}`];
  return [
    ...tests,
    files.length === 0 ? "- Nothing is changed." : `- ${plural(files.length, "file")} changed:`,
    ...listed(files.map(({ path, added, removed }) => `${path} (+${added} −${removed})`)).map(
      (line) => `  ${line}`,
    ),
    ...left,
  ];
}

const WORD = (holds: boolean | null) => (holds === null ? "not checked" : holds ? "holds" : "DOES NOT HOLD");

export function composeAnchor(text: AnchorText): string {
  const { goal, pilotGoal, allowedPaths, testArgv, plan, checked } = text;
  const parts = [
    "Stop for a moment. This is where you stand, as it was measured, not as you may remember it.",
    `# Goal\n${goal.slice(0, LONGEST_GOAL).trim()}`,
    pilotGoal.trim() === "" ? "" : `# Goal of the pilot\n${pilotGoal.slice(0, LONGEST_GOAL).trim()}`,
    [
      "# Rules",
      ...(allowedPaths.length === 0 ? [] : [`- Change files only at: ${allowedPaths.join(", ")}`]),
      `- The tests are run with: ${testArgv.join(" ")}`,
      "- Do not weaken, skip or delete tests. There is no network.",
    ].join("\n"),
    plan.length === 0 ? "" : ["# Your plan, as you stated it", ...listed(plan)].join("\n"),
    ["# State", ...stateText(text)].join("\n"),
    checked.length === 0
      ? ""
      : [
          "# What you take for granted, as the harness sees it",
          ...checked.map(
            (each) =>
              `- ${WORD(each.holds)}: ${each.text.slice("ASSUME ".length)}${each.detail === "" ? "" : ` (${each.detail})`}`,
          ),
        ].join("\n"),
    FORM,
    "Then go on with the goal.",
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Asked for in the first prompt and in each anchor. */
export const FORM = [
  "# Plan and assumptions",
  "Close your answer with the steps that are left and with what you take for granted, one a line, exactly in these forms:",
  "PLAN what you will do next",
  "ASSUME file PATH exists",
  "ASSUME file PATH does not exist",
  "ASSUME test NAME passes",
  "ASSUME command WORDS exits 0",
  "They are checked in a clean sandbox, and you are told what holds.",
].join("\n");

export interface AnchorOptions {
  readonly plan: Anchoring;
  readonly pilotGoal: string;
  readonly allowedPaths: readonly string[];
  readonly testArgv: readonly string[];
  /** When the session began: tokens and turns 0. */
  readonly began: number;
  /** Measures the work and checks the assumptions on it; throws a sentence (`refused`) where that is impossible. */
  measure(
    assumptions: readonly Assumption[],
  ): Promise<{ readonly measured: Measured; readonly checked: readonly Checked[] }>;
  emit(event: NewEvent): Promise<void>;
}

export interface Anchor {
  /** To be added to the first prompt; empty where the charter re-anchors nobody. */
  readonly form: string;
  /** Words of the agent: its plan and its assumptions are taken from them. */
  heard(message: string): void;
  /** What an item of the agent changed. */
  moved(changes: Pick<TreeChanges, "paths" | "more">): void;
  due(now: AnchorMoment): boolean;
  /** Measures, tells the events what holds, and gives the prompt. The next one is counted from here. */
  compose(now: AnchorMoment & AnchorStanding): Promise<string>;
}

export interface AnchorStanding {
  readonly goal: string;
  readonly secondsLeft: number;
  readonly microsLeft: number | null;
}

export function createAnchor(options: AnchorOptions): Anchor {
  const { plan, pilotGoal, allowedPaths, testArgv, emit } = options;
  let last: AnchorMoment = { turns: 0, items: 0, tokens: 0, at: options.began };
  let steps: readonly string[] = [];
  let assumptions: readonly Assumption[] = [];
  let changed = new Set<string>();
  let unnamed = 0;

  return {
    form: isAnchored(plan) ? FORM : "",
    heard(message) {
      steps = planIn(message) ?? steps;
      assumptions = assumptionsIn(message) ?? assumptions;
    },
    moved({ paths, more }) {
      unnamed += more;
      for (const path of paths)
        if (changed.size < REMEMBERED || changed.has(path)) changed.add(path);
        else unnamed += 1;
    },
    due: (now) => isDue(plan, last, now),
    async compose({ goal, secondsLeft, microsLeft, ...now }) {
      const seen = await options.measure(assumptions).catch(sentenceOf);
      const checked = typeof seen === "string" ? [] : seen.checked;
      if (typeof seen !== "string") {
        const { tree } = seen.measured;
        for (const each of checked) await emit({ kind: "assumption_checked", body: { ...each, tree } });
      }
      const { turns, items, tokens, at } = now;
      last = { turns, items, tokens, at };
      const since = { paths: [...changed], more: unnamed };
      [changed, unnamed] = [new Set(), 0];
      const measured = typeof seen === "string" ? seen : seen.measured;
      const own = { goal, pilotGoal, allowedPaths, testArgv, plan: steps };
      return composeAnchor({ ...own, measured, since, checked, secondsLeft, microsLeft });
    },
  };
}

/** What made measuring impossible is told to the agent; the lease's end and our own faults are not its business. */
function sentenceOf(error: unknown): string {
  if (error instanceof AppError && error.code === "refused")
    return `The state could not be measured: ${visibleText(error.message).slice(0, 500)}`;
  throw error;
}
