// What an agent says it takes for granted, in a small closed form, one a line. Its messages are hostile text: what is not of
// this form, too long or too much is passed over, and nothing of it is run as a shell would.
//
//   ASSUME file src/sum.js exists          ASSUME file tmp/x does not exist
//   ASSUME test test/sum.test.js › adds passes      ASSUME test … fails
//   ASSUME command node --check src/sum.js exits 0
//   PLAN what it will do next
import { splitWords } from "#lib/pilots/command-line.ts";
import { visibleText } from "#lib/text/rules.ts";

export type Assumption = { readonly text: string } & (
  | { readonly about: "file"; readonly path: string; readonly exists: boolean }
  | { readonly about: "test"; readonly test: string; readonly passes: boolean }
  | { readonly about: "command"; readonly argv: readonly string[]; readonly exit: number }
);

/** An assumption after the harness has looked. */
export interface Checked {
  readonly text: string;
  /** Null where it could not be checked. */
  readonly holds: boolean | null;
  readonly detail: string;
}

export const MOST_ASSUMPTIONS = 20;
export const MOST_STEPS = 20;
const MOST_LINES = 2000;
const MOST_MESSAGE = 100_000;
const LONGEST_LINE = 600;
const LONGEST_STEP = 300;
const MOST_WORDS = 40;

const FILE = /^file (.{1,400}?) (exists|does not exist)$/;
const TEST = /^test (.{1,500}?) (passes|fails)$/;
const COMMAND = /^command (.{1,500}?) exits (\d{1,3})$/;

/** Lines of the message as they may be read: short, visible, without list marks and backquotes around them. */
const linesOf = (message: string): string[] =>
  message
    .slice(0, MOST_MESSAGE)
    .split("\n", MOST_LINES)
    .filter((line) => line.length <= LONGEST_LINE)
    .map((line) => line.trim().replace(/^(?:[-*] )?`?(.*?)`?[.;]?$/, "$1"));

function parse(text: string): Assumption | null {
  const said = text.slice("ASSUME ".length);
  const [, path, exists] = FILE.exec(said) ?? [];
  if (path !== undefined)
    return isInside(path) ? { about: "file", text, path, exists: exists === "exists" } : null;
  const [, test, outcome] = TEST.exec(said) ?? [];
  if (test !== undefined) return { about: "test", text, test, passes: outcome === "passes" };
  const [, line, exit] = COMMAND.exec(said) ?? [];
  const argv = line === undefined ? null : splitWords(line);
  if (!argv || argv.length === 0 || argv.length > MOST_WORDS || Number(exit) > 255) return null;
  return { about: "command", text, argv, exit: Number(exit) };
}

const isInside = (path: string): boolean =>
  !path.startsWith("/") && path.split("/").every((part) => part !== ".." && part !== "" && part !== ".git");

/** Null where the message lists none: then what was listed before still stands. */
export function assumptionsIn(message: string): Assumption[] | null {
  const lines = linesOf(message).filter(
    (line) => line.startsWith("ASSUME ") && line === visibleText(line, "line"),
  );
  const unique = [...new Set(lines)].flatMap((line) => parse(line) ?? []);
  return unique.length === 0 ? null : unique.slice(0, MOST_ASSUMPTIONS);
}

/** Null where the message states no plan. */
export function planIn(message: string): string[] | null {
  const steps = linesOf(message)
    .filter((line) => line.startsWith("PLAN "))
    .map((line) =>
      visibleText(line.slice("PLAN ".length), "line").trim().slice(0, LONGEST_STEP).toWellFormed(),
    )
    .filter((step) => step !== "");
  return steps.length === 0 ? null : steps.slice(0, MOST_STEPS);
}
