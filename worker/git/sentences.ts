// Text that others wrote, made fit to stand in a sentence of ours.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu;

const escapeOf = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** One line without control, format or bidirectional characters; at most `max` characters. */
export function plainLine(text: string, max: number): string {
  const line = text
    .toWellFormed()
    .replace(/[\s\u0085]+/g, (space) => (/^ +$/.test(space) ? space : " "))
    .replace(UNPRINTABLE, "")
    .trim();
  return line.length > max ? `${line.slice(0, max - 1).toWellFormed()}…` : line;
}

/** A path as it can be shown in a sentence: control and invisible characters as escapes. */
export function shownPath(path: string, max = 200): string {
  const shown = path.toWellFormed().replace(UNPRINTABLE, escapeOf);
  return shown.length > max ? `${shown.slice(0, max - 1).toWellFormed()}…` : shown;
}

/** `a, b and c`. */
export function listed(names: readonly string[]): string {
  if (names.length <= 1) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
