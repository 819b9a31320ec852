import type { Commit } from "#runner/harness/git/history.ts";
import { shortId } from "#runner/harness/git/trees.ts";

export const count = (number: number, one: string, many = `${one}s`) =>
  `${number} ${number === 1 ? one : many}`;

/** A commit in a sentence: abc123456 “Subject”. */
export const named = ({ id, subject }: Commit) => `${shortId(id)} “${subject.slice(0, 200).toWellFormed()}”`;

/** The first names of a list, with how many more there are. */
export function some(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most).map((name) => name.slice(0, 200).toWellFormed());
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}
