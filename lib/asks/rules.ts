// Whether what an agent wants to do needs a person. Runner and control plane judge by this alone. It decides who is
// asked, no more: what holds a command that nobody was asked about is the sandbox.
import { MINUTE } from "../clock.ts";
import { ruledDeadline } from "../gates/own-rules.ts";
import { approvalDeadline } from "../pilots/rules.ts";
import type { Charter } from "../pilots/schema.ts";
import type { AskPolicy, AskSubject } from "../protocol/steering.ts";
import { CHECKOUT, changesGuarded, readsGuarded } from "./guarded-reads.ts";
import { readingOf } from "./quiet-commands.ts";
import { commandsIn, holds, programOf, wordsInCode, wordsOfText } from "./wrapped-commands.ts";

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
  tools: {
    ...{ write: controls.toolWrite, execute: controls.toolExecute, network: controls.toolNetwork },
    read: { rule: controls.toolRead, guarded: [...controls.readGuardedPaths] },
  },
});

/** Globs of files that are not simply read; none where reading is free. */
export const guardedPaths = ({ tools }: AskPolicy): readonly string[] =>
  tools?.read === undefined || tools.read.rule === "allow" ? [] : tools.read.guarded;

/** Until when the agent waits, and until when its gate does: one that parks waits as long as a merge would. */
export function askDeadlines(
  charter: Charter,
  timeZone: string,
  now: number,
): { dueAt: Date; expiresAt: Date } {
  const { controls } = charter;
  const dueAt = new Date(now + controls.askMinutes * MINUTE);
  const parks = controls.unattended === "park";
  const parked = ruledDeadline(charter, "command", timeZone, now, approvalDeadline(charter, timeZone, now));
  return { dueAt, expiresAt: parks ? parked : dueAt };
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
  cwd = CHECKOUT,
): Judgement {
  const commands = commandsIn(typeof command === "string" ? ["sh", "-c", command] : command);
  if (commands === null) return unread(policy, command);
  const denied = policy.denied.find((pattern) =>
    commands.some((argv) => [argv, wordsInCode(argv)].some((words) => holds(words, wordsOf(pattern)))),
  );
  if (denied !== undefined) return { verdict: "denied", rule: denied };
  const execute = policy.tools?.execute ?? "allow";
  if (execute === "deny" && commands.some((argv) => readingOf(argv) === null)) return NO_COMMANDS;
  if (mayReadGuarded(policy, testArgv, commands, cwd)) return byReading(policy);
  if (policy.mode === "never" && execute !== "ask") return { verdict: "allowed", rule: "never" };
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

/** What an ask says where it is for this. */
export const READS_GUARDED = "files that are guarded from being read";

const byReading = ({ tools }: AskPolicy): Judgement =>
  tools?.read?.rule === "deny" ? { verdict: "denied", rule: READS_GUARDED } : ask(READS_GUARDED);

/** The project's tests and what stands on the charter's list may: people put them there. */
function mayReadGuarded(
  policy: AskPolicy,
  testArgv: readonly string[],
  commands: readonly (readonly string[])[],
  cwd: string,
): boolean {
  const guarded = guardedPaths(policy);
  const trust = {
    isTests: (argv: readonly string[]) => isSame(argv, testArgv),
    isListed: (argv: readonly string[]) => policy.allowed.some((one) => isAllowed(argv, wordsOf(one))),
  };
  return guarded.length > 0 && (cwd !== CHECKOUT || readsGuarded(guarded, commands, trust));
}

const NO_COMMANDS: Judgement = { verdict: "denied", rule: "commands that do more than read" };

const BY_WRITE: Readonly<Record<"deny" | "ask" | "allow", Judgement>> = {
  deny: { verdict: "denied", rule: "changes of files" },
  ask: ask("changes of files"),
  allow: { verdict: "quiet", rule: "a change of the checkout" },
};

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
  { what, text, cwd }: { readonly what: AskSubject; readonly text: string; readonly cwd?: string },
): Judgement {
  switch (what) {
    case "command":
      return judgeCommand(policy, testArgv, commandIn(text), cwd);
    // What an agent changes in its checkout is decided as a whole, at the merge gate.
    case "change":
      return judgeChange(policy, text);
    case "network":
      if (policy.tools?.network === "deny") return { verdict: "denied", rule: "network" };
      return policy.mode === "never" ? { verdict: "denied", rule: "network" } : ask("network");
  }
}

/** The stricter of what is said of changing files and of reading those it names. */
function judgeChange(policy: AskPolicy, text: string): Judgement {
  const write = policy.tools?.write ?? "allow";
  const guarded = guardedPaths(policy);
  if (write === "deny" || guarded.length === 0 || !changesGuarded(guarded, text)) return BY_WRITE[write];
  return byReading(policy);
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

/** `npm run build` is that command alone; `npm run *` is it with anything behind. */
function isAllowed(argv: readonly string[], pattern: readonly string[]): boolean {
  if (pattern.length === 0) return false;
  const isOpen = pattern.at(-1) === "*";
  return isOpen ? pattern.length > 1 && startsWith(argv, pattern.slice(0, -1)) : isSame(argv, pattern);
}

const wordsOf = (pattern: string): readonly string[] => pattern.split(" ");

const startsWith = (argv: readonly string[], words: readonly string[]): boolean =>
  words.length > 0 && words.every((word, index) => argv[index] === word);

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length > 0 && one.length === other.length && startsWith(one, other);

/**
 * A line that cannot be read is asked about. Where nobody is ever asked and the charter denies commands, nobody can say that
 * this is none of them: it is denied, by the one that stands in its words if one does.
 */
function unread(policy: AskPolicy, command: readonly string[] | string): Judgement {
  if (policy.tools?.execute === "deny") return NO_COMMANDS;
  if (guardedPaths(policy).length > 0) return byReading(policy);
  if (policy.mode === "unlisted" || policy.tools?.execute === "ask") return ask("cannot be read");
  const words = wordsOfText(typeof command === "string" ? command : command.join(" "));
  const denied = policy.denied.find((pattern) => holds(words, wordsOf(pattern)));
  if (denied !== undefined) return { verdict: "denied", rule: denied };
  return policy.denied.length === 0
    ? { verdict: "allowed", rule: "never" }
    : { verdict: "denied", rule: "what cannot be read, where commands are denied" };
}
