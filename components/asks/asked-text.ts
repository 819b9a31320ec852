// What an agent asks for, taken apart for a reader without losing a character of it. Pure.
import { joinWords } from "#lib/pilots/command-line.ts";
import { hiddenCount } from "#lib/text/rules.ts";

export interface AskedText {
  /** Decided on, whole. */
  readonly shown: string;
  /** The program that a script is handed to: "bash -lc"; null where the text is the command itself or a patch. */
  readonly runBy: string | null;
  /** Characters of it that would not be seen; they are marked. */
  readonly hidden: number;
}

/** An argument vector as JSON; null for any other text. */
function wordsOf(text: string): string[] | null {
  if (!text.startsWith("[")) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const isWords =
    Array.isArray(parsed) && parsed.length > 0 && parsed.every((word) => typeof word === "string");
  return isWords ? (parsed as string[]) : null;
}

const SHELL = /(^|\/)(ba|da|z|k)?sh$/;
const RUNS_SCRIPT = /^-[a-z]*c$/;

export function askedText(what: "command" | "change" | "network", text: string): AskedText {
  const hidden = (shown: string) => hiddenCount(shown, "code");
  const words = what === "command" ? wordsOf(text) : null;
  if (!words) return { shown: text, runBy: null, hidden: hidden(text) };
  const [shell = "", flag = "", script] = words;
  if (words.length === 3 && script !== undefined && SHELL.test(shell) && RUNS_SCRIPT.test(flag))
    return { shown: script, runBy: `${shell} ${flag}`, hidden: hidden(script) + hidden(shell) };
  const shown = joinWords(words);
  return { shown, runBy: null, hidden: hidden(shown) };
}

const SUBJECT = { command: "run a command", change: "change files", network: "reach the network" } as const;

/** "run a command" */
export const subjectWords = (what: keyof typeof SUBJECT): string => SUBJECT[what];

const UNATTENDED = {
  deny_and_continue: "Without an answer it is declined, and the agent goes on without it.",
  park: "Without an answer the run is parked: its runner is free, and the question stays open.",
} as const;

/** What happens when nobody decides. */
export const unattendedWords = (unattended: keyof typeof UNATTENDED): string => UNATTENDED[unattended];

const ENDED = { allowed: "Allowed", declined: "Declined", expired: "Ran out" } as const;
const BY = {
  policy: "by the charter",
  person: "by a person",
  unattended: "because nobody answered in time",
  crash: "because its runner was lost",
} as const;

/** "Declined because nobody answered in time" */
export const settledWords = (
  decision: keyof typeof ENDED,
  by: keyof typeof BY,
  name: string | null,
): string => `${ENDED[decision]} ${by === "person" && name !== null ? `by ${name}` : BY[by]}`;
