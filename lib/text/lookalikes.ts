// Words that look like Latin letters and are not: a name with a Cyrillic o is another name (CVE-2021-42694). Pure.

const WORD = /[\p{L}\p{N}_$]+/gu;
const LATIN = /\p{Script=Latin}/u;
const LIKE_LATIN =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Lisu}]/u;
/** Letters of Cyrillic and Greek whose usual shapes are those of Latin ones (Unicode's confusables.txt, class SL). */
const TWINS = /^[\d_$асеіјорѕхуһԁԛԝүАВЕЅІЈКМНОРСТХУԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧνορι]+$/u;
/** Full-width and mathematical letters are drawn as Latin ones and normalise to them. */
const COMPATIBLE = /[\u{FF10}-\u{FF5A}\u{1D400}-\u{1D7FF}\u{2100}-\u{214F}\u{24B6}-\u{24E9}]/u;
const TWINS_LEAST = 3;

export interface Lookalike {
  /** UTF-16 offsets of the word in its line. */
  readonly start: number;
  readonly end: number;
}

const deceives = (word: string): boolean =>
  (LIKE_LATIN.test(word) && LATIN.test(word)) ||
  (word.length >= TWINS_LEAST && LIKE_LATIN.test(word) && TWINS.test(word)) ||
  (COMPATIBLE.test(word) && /^[\x21-\x7E]+$/.test(word.normalize("NFKC")));

/** The deceiving words of a line, from left to right. */
export function lookalikes(line: string): Lookalike[] {
  const found: Lookalike[] = [];
  for (const { 0: word, index } of line.matchAll(WORD)) {
    if (deceives(word)) found.push({ start: index, end: index + word.length });
  }
  return found;
}

/** Whether a character of such a word is one that is not what it looks like. */
export const isForeign = (character: string): boolean =>
  LIKE_LATIN.test(character) || COMPATIBLE.test(character);
