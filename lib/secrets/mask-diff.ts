// A diff as it is shown: secrets masked inside its lines, so that it still has the same files, hunks and lines.
import { masked, NOT_SEARCHED, type Place, within } from "./rules.ts";
import { type Budget, findSecrets, PAGE_BUDGET } from "./service.ts";

export interface MaskedDiff {
  readonly text: string;
  /** Lines in which something is masked, counted from 0. */
  readonly lines: readonly number[];
}

/** A line of content begins with one of these; everything else is git's own, with names and a function's head in it. */
const CONTENT = /^[ +-](?!-- |\+\+ )/;

/** git's own lines hold names, which its parsers end at a space. */
const compact = (rule: string) => `[secret:${rule}]`;

/**
 * Lines are searched as one text without their first character, so that a key of many lines is found in a patch that
 * adds it or takes it away. Its label stands in every line that
 * held a part of it.
 */
export async function maskDiff(diff: string, budget: Budget = PAGE_BUDGET): Promise<MaskedDiff> {
  const lines = diff.split("\n");
  const marks = lines.map((line) => (CONTENT.test(line) ? 1 : 0));
  const contents = lines.map((line, at) => line.slice(marks[at]));
  const places = await findSecrets(contents.join("\n"), budget);
  if (places.length === 0) return { text: diff, lines: [] };
  const touched: number[] = [];
  let from = 0;
  const shown = lines.map((line, at) => {
    const content = contents[at] ?? "";
    const own = within(places, from, from + content.length);
    from += content.length + 1;
    if (own.length === 0) return line;
    touched.push(at);
    return marks[at] === 1 ? line.slice(0, 1) + masked(content, own) : maskedHead(line, own);
  });
  return { text: shown.join("\n"), lines: touched };
}

/** Where nobody searched, files and hunks are still told apart; what git quotes of the code goes. */
function maskedHead(line: string, places: readonly Place[]): string {
  const isSearched = places.every(({ rule }) => rule !== NOT_SEARCHED);
  return isSearched ? masked(line, places, compact) : (/^@@ [^@]*@@/.exec(line)?.[0] ?? line);
}
