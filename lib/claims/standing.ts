// A claim after verification: what it rests on, what says the opposite, and what the harness says. Pure. The agent's word and
// the runner's tie are asked again of the events; whoever lies about one is not believed for the other.
import type { Judgement } from "../evidence/rules.ts";
import type { Claim } from "../protocol/schema.ts";
import type { Done } from "./deeds.ts";
import { bearingOf, saysTestsPass, type Testing } from "./rules.ts";
import type { ClaimCommand, ClaimView, HarnessWord } from "./schema.ts";

/** What the harness saw, as far as statements can be held against it. */
export interface Seen {
  readonly judgement: Judgement;
  /** Paths of the patch. */
  readonly files: readonly string[];
}

interface Word {
  readonly harness: HarnessWord;
  readonly because: string;
}

const cannot = (because: string): Word => ({ harness: "cannot_say", because });

const CHANGES =
  /\b(chang\w*|updat\w*|edit\w*|modif\w*|add\w*|creat\w*|remov\w*|delet\w*|renam\w*|fix\w*|refactor\w*|rewr\w*|adjust\w*)\b/i;
const DENIES = /\b(not|no|never|without|nothing|untouched|unchanged|didn't|don't|doesn't)\b/i;
const PATH = /(?<![\w/.-])(?:[\w.@-]{1,100}\/){0,12}[\w.@-]{1,100}\.[A-Za-z][A-Za-z0-9]{0,7}(?![\w/])/g;
const MOST_PATHS = 20;
const SUPPOSES = /\b(should|would|will|might|may|could|if|once)\b/i;

export function harnessWord(statement: string, seen: Seen | null): Word {
  if (seen === null) return cannot("Nothing of it was verified yet.");
  const { verdict, matrix } = seen.judgement;
  if (verdict === "incomplete" || verdict === "untrustworthy")
    return cannot("Its own evidence is not to be relied on.");
  if (SUPPOSES.test(statement)) return cannot("It says what may be, not what is.");
  const named = aboutTests(statement, seen.judgement);
  if (named) return named;
  if (saysTestsPass(statement)) {
    const { failed, flaky } = matrix.base_on_patch;
    const own = matrix.patch_on_patch;
    const bad = Math.max(failed, own.failed);
    const unsteady = Math.max(flaky, own.flaky);
    if (bad > 0) return { harness: "disagrees", because: `${bad} of the tests fail in a clean sandbox.` };
    if (unsteady > 0)
      return {
        harness: "disagrees",
        because: `${unsteady} of the tests do not pass every time in a clean sandbox.`,
      };
    return { harness: "agrees", because: "Every test passes every time in a clean sandbox." };
  }
  return aboutFiles(statement, seen.files) ?? cannot("It is nothing that the tests or the patch could show.");
}

/** A statement that names a test. Short names would be found anywhere. */
function aboutTests(statement: string, judgement: Judgement): Word | null {
  const names = (ids: readonly string[]) => ids.find((id) => isNamed(statement, id));
  if (!/\b(fix\w*|repair\w*|pass\w*|green|work\w*)\b/i.test(statement) || DENIES.test(statement)) return null;
  const bad = names([...judgement.stillFailing, ...judgement.newlyFailing, ...judgement.noLongerRun]);
  if (bad !== undefined)
    return { harness: "disagrees", because: "The test it names does not pass in a clean sandbox." };
  return names(judgement.repaired) === undefined
    ? null
    : { harness: "agrees", because: "The test it names failed on the base and passes with the patch." };
}

function isNamed(statement: string, id: string): boolean {
  const name = id.split(" › ").at(-1) ?? "";
  return statement.includes(id) || (name.length >= 8 && statement.includes(name));
}

function aboutFiles(statement: string, files: readonly string[]): Word | null {
  if (!CHANGES.test(statement) || DENIES.test(statement)) return null;
  const paths = [...new Set(statement.match(PATH) ?? [])].slice(0, MOST_PATHS);
  if (paths.length === 0) return null;
  const missing = paths.filter((path) => !files.some((file) => file === path || file.endsWith(`/${path}`)));
  if (missing.length === 0) return { harness: "agrees", because: "The patch changes what it names." };
  // A file may be named for another reason where others are changed.
  return missing.length < paths.length
    ? cannot("The patch changes some of what it names, not all.")
    : { harness: "disagrees", because: "The patch does not change what it names." };
}

export function claimView(
  { text, commands: tied }: Claim,
  done: Done,
  plan: Testing,
  seen: Seen | null,
): ClaimView {
  const bearing = bearingOf(text, done.deeds, plan);
  const found = (numbers: readonly number[]): ClaimCommand[] =>
    [...new Set(numbers)].flatMap((number) => done.commands.get(number) ?? []);
  // The harness's own commands carry what the runner ties to them; an agent's only what our rule does.
  const rests = found(tied.filter((number) => !done.own.has(number) || bearing.rests.includes(number)));
  const against = found(bearing.against);
  return {
    text,
    standing: against.length > 0 ? "contradicted" : rests.length > 0 ? "rests" : "unverified",
    rests,
    against,
    ...harnessWord(text, seen),
  };
}
