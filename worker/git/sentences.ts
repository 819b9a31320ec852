// Text that others wrote, made fit to stand in a sentence of ours.
import { visibleText } from "#lib/text/rules.ts";

const cut = (text: string, max: number): string =>
  text.length > max ? `${text.slice(0, max - 1).toWellFormed()}…` : text;

/** One line in which nothing is hidden; white space is evened out. At most `max` characters. */
export function plainLine(text: string, max: number): string {
  // Cut first: marks make text longer, and a megabyte is no sentence.
  const line = text
    .slice(0, 4 * max)
    .replace(/[\s\u0085]+/g, " ")
    .trim();
  return cut(visibleText(line, "line"), max);
}

/** A path as it can be shown in a sentence: every character that hides becomes a mark. */
export const shownPath = (path: string, max = 200): string => cut(visibleText(path, "line"), max);

/** `a, b and c`. */
export function listed(names: readonly string[]): string {
  if (names.length <= 1) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
