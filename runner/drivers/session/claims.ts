// What an agent says it did, held against the commands it ran. A statement rests on a command only where the command says
// something about it, and ran on what is proposed: after the last edit. Everything else stands there unverified.
import type { Claim, Summary, TestPlan } from "#lib/protocol/schema.ts";

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

const MOST_STATEMENTS = 40;
const TEXT = 10_000;
const CLAIM = 1000;

/** Ways to run tests that need no look at the repository. */
const TEST_COMMAND =
  /\b(node --test|(npm|pnpm|yarn|bun)( run)? test|npx (vitest|jest|mocha)|vitest|jest|mocha|pytest|python3? -m (pytest|unittest)|go test|cargo test|make (test|check)|rspec|phpunit|mvn test|gradle test)\b/;

export const isTestRun = (text: string, plan: Pick<TestPlan, "argv">): boolean =>
  TEST_COMMAND.test(text) || text.includes(plan.argv.join(" "));

/** Sentences and list points of a message, as far as they say something. */
export function statementsOf(message: string): string[] {
  const outside = message.replace(/```[\s\S]*?(```|$)/g, "\n");
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

function restsOn(statement: string, { ran, lastEdit }: Deeds, plan: Pick<TestPlan, "argv">): number[] {
  const after = ran.filter(({ item }) => item > lastEdit);
  const quoted = [...statement.matchAll(/`([^`]+)`/g)].map(([, words = ""]) => words.trim());
  const named = after.filter(({ text }) => quoted.some((words) => words.length > 3 && text.includes(words)));
  if (named.length > 0) {
    const isBad = SAYS_FAIL.test(statement);
    return named.filter(({ exit }) => exit === 0 || isBad).map(({ command }) => command);
  }
  const saysTestsPass = ABOUT_TESTS.test(statement) && SAYS_PASS.test(statement) && !DENIES.test(statement);
  if (!saysTestsPass) return [];
  const test = after.findLast(({ text }) => isTestRun(text, plan));
  return test?.exit === 0 ? [test.command] : [];
}

/** About its tests, in our words, because it may not say it. */
function testClaim({ ran, lastEdit }: Deeds, plan: Pick<TestPlan, "argv">): Claim {
  const last = ran.findLast(({ text }) => isTestRun(text, plan));
  if (last === undefined) return { text: "The agent ran no tests that are known as such.", commands: [] };
  const how = last.exit === null ? "was ended before its end" : `ended with exit ${last.exit}`;
  if (last.item <= lastEdit)
    return {
      text: `The agent's last test run is older than its last edit: what is proposed was not tested by it. The run ${how}.`,
      commands: [],
    };
  return {
    text: `The agent's last test run is newer than its last edit; it ${how}.`,
    commands: [last.command],
  };
}

export function summarise(message: string, deeds: Deeds, plan: Pick<TestPlan, "argv">): Summary {
  const said = statementsOf(message).map(
    (text): Claim => ({
      text: text.slice(0, CLAIM).toWellFormed(),
      commands: [...new Set(restsOn(text, deeds, plan))].slice(0, 50),
    }),
  );
  const text = message.trim() === "" ? "The agent said nothing about what it did." : message.trim();
  return {
    text: text.slice(0, TEXT).toWellFormed(),
    claims: [testClaim(deeds, plan), ...said],
    repaired: [],
    givenUp: [],
    flaky: [],
  };
}
