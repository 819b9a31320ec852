// Whether what an agent wants to do needs a person. Runner and control plane judge by this alone. It decides who is
// asked, no more: what holds a command that nobody was asked about is the sandbox.
import { HOUR, MINUTE } from "../clock.ts";
import type { Charter } from "../pilots/schema.ts";
import type { AskPolicy, AskSubject } from "../protocol/steering.ts";
import { readingOf } from "./quiet-commands.ts";
import { commandsOf } from "./shell-line.ts";

export type Verdict = "quiet" | "allowed" | "denied" | "ask";

export interface Judgement {
  readonly verdict: Verdict;
  /** What said so, for the timeline. */
  readonly rule: string;
}

const ask = (rule: string): Judgement => ({ verdict: "ask", rule });

/** What the charter says about asking. */
export const askPolicyOf = ({ controls }: Charter): AskPolicy => ({
  mode: controls.askMode,
  allowed: [...controls.allowedCommands],
  denied: [...controls.deniedCommands],
  unattended: controls.unattended,
  minutes: controls.askMinutes,
});

/** Until when the agent waits, and until when its gate does: one that parks waits as long as a merge would. */
export function askDeadlines({ controls }: Charter, now: number): { dueAt: Date; expiresAt: Date } {
  const dueAt = new Date(now + controls.askMinutes * MINUTE);
  const parks = controls.unattended === "park";
  return { dueAt, expiresAt: parks ? new Date(now + controls.approvalHours * HOUR) : dueAt };
}

/**
 * Judges a command: an argument vector, or the text of a shell line. A line is quiet only when every command of it is,
 * and allowed only when every command is quiet or on the charter's list; one that is denied denies the line. What
 * cannot be read is asked about.
 */
export function judgeCommand(
  policy: AskPolicy,
  testArgv: readonly string[],
  command: readonly string[] | string,
): Judgement {
  const commands = commandsIn(typeof command === "string" ? ["sh", "-c", command] : command);
  if (commands === null) return unread(policy, command);
  const denied = policy.denied.find((pattern) => commands.some((argv) => holds(argv, wordsOf(pattern))));
  if (denied !== undefined) return { verdict: "denied", rule: denied };
  if (policy.mode === "never") return { verdict: "allowed", rule: "never" };
  const judged: Judgement[] = [];
  for (const argv of commands) {
    const judgement = judgeOne(policy, testArgv, argv);
    if (judgement === null) return ask(programOf(argv[0] ?? ""));
    judged.push(judgement);
  }
  // Elsewhere the same words run something else.
  const goesElsewhere = commands.some(([name]) => name === "cd");
  if (goesElsewhere && commands.some((argv) => readingOf(argv) === null)) return ask("cd");
  const verdict = judged.every((one) => one.verdict === "quiet") ? "quiet" : "allowed";
  return { verdict, rule: [...new Set(judged.map(({ rule }) => rule))].join(", ").slice(0, 600) };
}

const TESTS = "the project's tests";

function judgeOne(policy: AskPolicy, testArgv: readonly string[], argv: readonly string[]): Judgement | null {
  if (isSame(argv, testArgv)) return { verdict: "quiet", rule: TESTS };
  const reading = readingOf(argv);
  if (reading !== null) return { verdict: "quiet", rule: reading };
  const allowed = policy.allowed.find((pattern) => isAllowed(argv, wordsOf(pattern)));
  return allowed === undefined ? null : { verdict: "allowed", rule: allowed };
}

/** What a runner asks about, as its event says it. */
export function judgeAsk(
  policy: AskPolicy,
  testArgv: readonly string[],
  { what, text }: { readonly what: AskSubject; readonly text: string },
): Judgement {
  switch (what) {
    case "command":
      return judgeCommand(policy, testArgv, commandIn(text));
    // What an agent changes in its checkout is decided as a whole, at the merge gate.
    case "change":
      return { verdict: "quiet", rule: "a change of the checkout" };
    case "network":
      return policy.mode === "never" ? { verdict: "denied", rule: "network" } : ask("network");
  }
}

/** An argument vector is sent as JSON, a script as it is. */
export function commandIn(text: string): readonly string[] | string {
  if (!text.startsWith("[")) return text;
  try {
    const parsed: unknown = JSON.parse(text);
    const isArgv = Array.isArray(parsed) && parsed.every((word) => typeof word === "string");
    return isArgv && parsed.length > 0 ? parsed : text;
  } catch (error) {
    if (error instanceof SyntaxError) return text; // a script that begins with a test
    throw error;
  }
}

/** A script as an ask says it: one that reads as an argument vector is said as that of its shell, for that is what runs. */
export const scriptText = (script: string): string =>
  typeof commandIn(script) === "string" ? script : JSON.stringify(["bash", "-c", script]);

const SHELLS = new Set([
  "sh",
  "bash",
  "dash",
  "/bin/sh",
  "/bin/bash",
  "/bin/dash",
  "/usr/bin/bash",
  "/usr/bin/sh",
]);

const MAX_DEPTH = 3;

/** A shell with one script is that script; any other vector runs as it stands. */
function commandsIn(argv: readonly string[], depth = 0): string[][] | null {
  const [shell = "", option, script, ...more] = argv;
  if (!SHELLS.has(shell)) return argv.length === 0 ? null : [[...argv]];
  const isScript = (option === "-c" || option === "-lc") && script !== undefined && more.length === 0;
  const inner = isScript && depth < MAX_DEPTH ? commandsOf(script) : null;
  return inner && allOf(inner, depth + 1);
}

/** The commands with those of the shells among them; null where one of these cannot be read. */
function allOf(commands: readonly string[][], depth: number): string[][] | null {
  const all: string[][] = [];
  for (const argv of commands) {
    const inner = commandsIn(argv, depth);
    if (inner === null) return null;
    all.push(...inner);
  }
  return all;
}

/** `npm run build` is that command alone; `npm run *` is it with anything behind. */
function isAllowed(argv: readonly string[], pattern: readonly string[]): boolean {
  if (pattern.length === 0) return false;
  const isOpen = pattern.at(-1) === "*";
  return isOpen ? pattern.length > 1 && startsWith(argv, pattern.slice(0, -1)) : isSame(argv, pattern);
}

const wordsOf = (pattern: string): readonly string[] => pattern.split(" ");

const startsWith = (argv: readonly string[], words: readonly string[]): boolean =>
  words.length > 0 && words.every((word, index) => argv[index] === word);

/** Also behind other words, such as those of `env`, and by whatever path the program is named; with or without a `*`, anything may follow. */
const holds = (argv: readonly string[], pattern: readonly string[]): boolean => {
  const words = pattern.at(-1) === "*" ? pattern.slice(0, -1) : pattern;
  return argv.some((name, at) =>
    words.every((word, index) => word === (index === 0 ? programOf(name) : argv[at + index])),
  );
};

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length > 0 && one.length === other.length && startsWith(one, other);

const programOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

/**
 * A line that cannot be read. Where nobody is ever asked, a denied command is looked for in its words; that guards
 * against mistakes, not against an agent that hides what it does.
 */
function unread(policy: AskPolicy, command: readonly string[] | string): Judgement {
  if (policy.mode === "unlisted") return ask("cannot be read");
  const text = typeof command === "string" ? command : command.join(" ");
  const words = text.split(/[\s'"`\\;&|(){}<>$]+/);
  const denied = policy.denied.find((pattern) => holds(words, wordsOf(pattern)));
  return denied === undefined ? { verdict: "allowed", rule: "never" } : { verdict: "denied", rule: denied };
}
