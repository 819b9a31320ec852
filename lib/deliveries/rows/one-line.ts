// Text from outside where one line is kept or quoted. Pure.

/** What a field of one line holds none of: it breaks the line, is not stored, or is half a character. */
const BREAKING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Cut by whole characters, and looked at only then: a cut that leaves half of one would be kept as it is by nobody. */
export const oneLine = (text: string, most: number): string =>
  [...text.slice(0, 2 * most)].slice(0, most).join("").replace(BREAKING, " ").trim();
