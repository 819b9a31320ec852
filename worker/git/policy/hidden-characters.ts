// Characters that make text read differently from what it is. Only lines that the base does not already hold count.

const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** Emoji are written with these; there they hide nothing. */
const EMOJI =
  /[\p{Extended_Pictographic}\p{Emoji_Modifier}0-9#*]\ufe0f?\u20e3?(?:\u200d\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\ufe0f)?)*/gu;
const WORD = /[\p{L}\p{N}_]+/gu;

export interface HiddenCharacters {
  readonly bidi: number;
  readonly invisible: number;
  readonly mixedWords: number;
}

const NONE: HiddenCharacters = { bidi: 0, invisible: 0, mixedWords: 0 };

export const isBinary = (content: Buffer): boolean => content.subarray(0, 8000).includes(0);

const linesOf = (content: Buffer): string[] =>
  content
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .split("\n");

function mixesAlphabets(word: string): boolean {
  return (
    /\p{Script=Latin}/u.test(word) &&
    /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u.test(word)
  );
}

function countLine(line: string): HiddenCharacters {
  const plain = line.replace(EMOJI, "").replace(BIDI, "");
  return {
    bidi: line.match(BIDI)?.length ?? 0,
    invisible: plain.match(INVISIBLE)?.length ?? 0,
    mixedWords: (line.match(WORD) ?? []).filter(mixesAlphabets).length,
  };
}

const NON_ASCII = /\P{ASCII}/u;

/** Counts what the lines of `after` that are not in `before` hide. */
export function hiddenCharacters(before: Buffer | null, after: Buffer): HiddenCharacters {
  if (isBinary(after)) return NONE;
  const suspects = linesOf(after).filter((line) => NON_ASCII.test(line));
  if (suspects.length === 0) return NONE;
  const known = new Set(before === null ? [] : linesOf(before));
  return suspects
    .filter((line) => !known.has(line))
    .map(countLine)
    .reduce(
      (sum, one) => ({
        bidi: sum.bidi + one.bidi,
        invisible: sum.invisible + one.invisible,
        mixedWords: sum.mixedWords + one.mixedWords,
      }),
      NONE,
    );
}
