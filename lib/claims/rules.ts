// What an agent says it did, held against the commands it ran. A statement rests on a command only where the command says
// something about it, and ran on what is proposed: after the last edit. It is contradicted where the last such command says
// the opposite. Everything else stands there unverified.

export interface Ran {
  /** Number of the command in the run's events. */
  readonly command: number;
  /** Number of its item: later ones are larger. */
  readonly item: number;
  readonly text: string;
  readonly exit: number | null;
}

export interface Deeds {
  ran: Ran[];
  /** Item after which the tree was another one than before it, for the last time; 0 for none. */
  lastEdit: number;
}

export const emptyDeeds = (): Deeds => ({ ran: [], lastEdit: 0 });

/** Commands that a statement is held against, at most, and characters of one: a quotation has far fewer. */
const MOST_RAN = 500;
const MOST_OF_RAN = 8000;

/**
 * A command has ended. Of many, those are kept that a statement may still rest on: what ran after the last edit, the newest of
 * it, and the last run of the tests, whenever that was. A statement about one that is not kept stands there unverified.
 */
export function addRan(deeds: Deeds, ran: Ran, plan: Testing): void {
  deeds.ran.push({ ...ran, text: textOf(ran) });
  if (deeds.ran.length <= MOST_RAN) return;
  const test = deeds.ran.findLast(({ text }) => isTestRun(text, plan));
  const after = deeds.ran.filter(({ item }) => item > deeds.lastEdit).slice(-MOST_RAN / 2);
  deeds.ran = test === undefined || after.includes(test) ? after : [test, ...after];
}

/** A slice would keep the whole of it in memory. */
const textOf = ({ text }: Ran): string =>
  text.length <= MOST_OF_RAN ? text : structuredClone(text.slice(0, MOST_OF_RAN).toWellFormed());

const MOST_STATEMENTS = 40;
/** Longer ones say nothing that could be checked, and patterns are not tried on them. */
const LONGEST_STATEMENT = 2000;
const LONGEST_MESSAGE = 40_000;

/** Ways to run tests that need no look at the repository. */
const TEST_COMMAND =
  /\b(node --test|(npm|pnpm|yarn|bun)( run)? test|npx (vitest|jest|mocha)|vitest|jest|mocha|pytest|python3? -m (pytest|unittest)|go test|cargo test|make (test|check)|rspec|phpunit|mvn test|gradle test)\b/;

export interface Testing {
  readonly argv: readonly string[];
}

export const isTestRun = (text: string, { argv }: Testing): boolean =>
  TEST_COMMAND.test(text) || text.includes(argv.join(" "));

/** Sentences and list points of a message, as far as they say something. */
export function statementsOf(message: string): string[] {
  const outside = message.slice(0, LONGEST_MESSAGE).replace(/```[\s\S]*?(```|$)/g, "\n");
  const lines = outside.split(/\n+/).map((line) => line.replace(/^\s*(?:[-*+>]|\d+[.)]|#{1,6})\s*/, ""));
  return lines
    .flatMap((line) => line.split(/(?<=[.!?])\s+(?=["'\u201c(`\p{Lu}])/u))
    .map((sentence) => sentence.replaceAll("**", "").trim())
    .filter((sentence) => /\p{L}{2}/u.test(sentence) && !sentence.endsWith(":"))
    .slice(0, MOST_STATEMENTS);
}

const SAYS_PASS = /\b(pass(es|ed|ing)?|green|succeed(s|ed)?|no (test )?failures?)\b/i;
const SAYS_FAIL = /\b(fail\w*|errors?|exit\w*|red|broken?)\b/i;
const ABOUT_TESTS = /\b(tests?|suite|specs?|checks?)\b/i;
const DENIES = /\b(not|cannot|can't|don't|didn't|couldn't|unable|still fail\w*|without running)\b/i;
/** Said of what is to come or may be: nothing has been stated. */
const SUPPOSES = /\b(should|would|will|might|may|expect\w*|assum\w*|once|if|let me|next)\b/i;

export const saysTestsPass = (statement: string): boolean =>
  statement.length <= LONGEST_STATEMENT &&
  ABOUT_TESTS.test(statement) &&
  SAYS_PASS.test(statement) &&
  !DENIES.test(statement);

/** Statement and commands, as far as one says something about the other. */
export interface Bearing {
  /** Commands the statement rests on. */
  readonly rests: readonly number[];
  /** Commands that say the opposite. */
  readonly against: readonly number[];
}

const NOTHING: Bearing = { rests: [], against: [] };

/** What stands between backquotes. Longer quotations name no command. */
const quoted = (statement: string): string[] =>
  [...statement.matchAll(/`([^`\n]{4,500})`/g)].map(([, words = ""]) => words.trim());

export function bearingOf(statement: string, { ran, lastEdit }: Deeds, plan: Testing): Bearing {
  if (statement.length > LONGEST_STATEMENT) return NOTHING;
  const after = ran.filter(({ item }) => item > lastEdit);
  const quotes = quoted(statement);
  const isNamed = ({ text }: Ran) => quotes.some((words) => words.length > 3 && text.includes(words));
  const named = after.filter(isNamed);
  if (named.length > 0) {
    if (SAYS_FAIL.test(statement)) return { rests: named.map(({ command }) => command), against: [] };
    const rests = named.filter(({ exit }) => exit === 0).map(({ command }) => command);
    return { rests, against: rests.length === 0 && saysDone(statement) ? failed(named.at(-1)) : [] };
  }
  if (!saysTestsPass(statement)) return NOTHING;
  const test = after.findLast(({ text }) => isTestRun(text, plan));
  if (test?.exit === 0) return { rests: [test.command], against: [] };
  // An older run on another tree does not contradict: the edit may have been the repair.
  return { rests: [], against: SUPPOSES.test(statement) ? [] : failed(test) };
}

const failed = (ran: Ran | undefined): number[] =>
  ran !== undefined && ran.exit !== null && ran.exit !== 0 ? [ran.command] : [];

const saysDone = (statement: string): boolean =>
  SAYS_PASS.test(statement) && !DENIES.test(statement) && !SUPPOSES.test(statement);

const NO_TESTS = "The agent ran no tests that are known as such.";
const OLDER = "The agent's last test run is older than its last edit: what is proposed was not tested by it.";
const NEWER = "The agent's last test run is newer than its last edit;";

/** About its tests, in our words, because it may not say it; and the commands that rests on. */
export function testStatement({ ran, lastEdit }: Deeds, plan: Testing): { text: string; commands: number[] } {
  const last = ran.findLast(({ text }) => isTestRun(text, plan));
  if (last === undefined) return { text: NO_TESTS, commands: [] };
  const how = last.exit === null ? "was ended before its end" : `ended with exit ${last.exit}`;
  if (last.item <= lastEdit) return { text: `${OLDER} The run ${how}.`, commands: [] };
  return { text: `${NEWER} it ${how}.`, commands: [last.command] };
}

/** Whether a claim is that statement. It is made again from the events where claims are shown. */
export const isOurs = (text: string): boolean =>
  text === NO_TESTS || text.startsWith(OLDER) || text.startsWith(NEWER);

/** Which commands say the opposite of something in this message. */
export const contradictedBy = (message: string, deeds: Deeds, plan: Testing): number[] => [
  ...new Set(statementsOf(message).flatMap((statement) => bearingOf(statement, deeds, plan).against)),
];
