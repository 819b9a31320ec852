// What is said of the attempts: a line each, and the sums. Pure.
import type { Expected } from "./attempt.ts";
import { isOk, type Outcome } from "./judge.ts";

const WORDS: Readonly<Record<Expected, string>> = {
  blocked: "blocked",
  extra_approver: "another approver",
  shown: "shown",
};

const LEFT = 74;

export function lineOf(outcome: Outcome): string {
  const { id, name, expected, happened, escapes, wrong } = outcome;
  const end = isOk(outcome)
    ? "ok"
    : [
        ...escapes.map((sentence) => `ESCAPED: ${sentence}`),
        ...wrong.map((sentence) => `WRONG: ${sentence}`),
      ].join("; ");
  return `${id}  ${name.padEnd(LEFT)} ${WORDS[expected].padEnd(16)} ${end === "ok" ? `ok    ${happened}` : end}`;
}

export interface Account {
  readonly lines: readonly string[];
  readonly failed: boolean;
}

/** `ids`: the lines of the threat model that had to be tried. */
export function accountOf(outcomes: readonly Outcome[], ids: readonly string[]): Account {
  const wrong = outcomes.filter((outcome) => outcome.wrong.length > 0);
  const escaped = outcomes.filter(({ escapes }) => escapes.length > 0);
  const missing = ids.filter((id) => !outcomes.some((outcome) => outcome.id === id));
  const count = (expected: Expected) => outcomes.filter((outcome) => outcome.expected === expected).length;
  const patches = outcomes.filter(({ verdict }) => verdict !== null);
  const ran = patches.filter((outcome) => outcome.ran).length;
  return {
    lines: [
      `${outcomes.length} attempts on ${ids.length - missing.length} of ${ids.length} lines: ${count("blocked")} to be blocked, ${count("extra_approver")} to ask for another approver, ${count("shown")} to be shown`,
      `${escaped.length} escapes, ${wrong.length} that ended otherwise than they have to`,
      ran === patches.length
        ? `a sandbox ran the tests of all ${ran} that became patches`
        : `a sandbox ran the tests of ${ran} of the ${patches.length} that became patches; of the others their end was told`,
      ...(missing.length > 0 ? [`not tried: ${missing.join(", ")}`] : []),
    ],
    failed: escaped.length + wrong.length + missing.length > 0,
  };
}

const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => `H${String(from + n).padStart(2, "0")}`);

/** What somebody hostile can hand in, by the numbers of the threat model. */
export const LINES: readonly string[] = [...range(1, 38), "H49", "H53", ...range(55, 58)];
