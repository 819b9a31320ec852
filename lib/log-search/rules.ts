// What a query asks for, and what is shown of a text that has it.
import { badInput } from "../errors.ts";
import { type Phrase, placesOf, wordsOf } from "../text/words.ts";
import type { SearchPiece } from "./schema.ts";

const MOST_WORDS = 20;
const SHORTEST_BEGINNING = 2;
const PART = /"([^"]*)"|([^\s"]+)/g;

const refusal = (sentence: string) => badInput(sentence, { text: [sentence] });

/**
 * Words (`posting`), beginnings (`post*`) and exact phrases (`"git push"`), of which all have to be in a text. What
 * joins words without a space, like a path or a host, is a phrase too. Throws bad_input with one sentence.
 */
export function phrasesOf(query: string): Phrase[] {
  if ((query.split('"').length - 1) % 2 === 1)
    throw refusal('A quotation mark is open: write "exact phrase", or leave it out.');
  const phrases = [...query.matchAll(PART)].flatMap(([, quoted, bare]) => {
    const words = [...wordsOf(quoted ?? bare ?? "")].map(({ word }) => word);
    return words.length === 0 ? [] : [{ words, isBegun: bare?.endsWith("*") ?? false }];
  });
  const count = phrases.reduce((sum, { words }) => sum + words.length, 0);
  if (count === 0) throw refusal("Write a word: letters or digits are what is looked for.");
  if (count > MOST_WORDS) throw refusal(`At most ${MOST_WORDS} words.`);
  const short = phrases.find(
    ({ words, isBegun }) => isBegun && (words.at(-1)?.length ?? 0) < SHORTEST_BEGINNING,
  );
  if (short) throw refusal("Give the beginning of a word at least two characters before the *.");
  return phrases;
}

const BEFORE = 60;
const AFTER = 160;

/** A window of a text around its first found place, cut into found pieces and the rest. */
export function piecesOf(text: string, phrases: readonly Phrase[]): SearchPiece[] {
  const places = placesOf(text, phrases);
  const from = Math.max(0, (places[0]?.start ?? 0) - BEFORE);
  const to = Math.min(text.length, from + BEFORE + AFTER);
  const pieces: SearchPiece[] = [];
  const add = (start: number, end: number, isFound: boolean) => {
    const piece = text.slice(Math.max(start, from), Math.min(end, to)).toWellFormed();
    if (start < to && end > from && piece !== "") pieces.push({ text: piece, isFound });
  };
  let at = from;
  for (const { start, end } of places) {
    if (start >= to) break;
    add(at, start, false);
    add(start, end, true);
    at = end;
  }
  add(at, to, false);
  return [
    ...(from > 0 ? [{ text: "… ", isFound: false }] : []),
    ...pieces,
    ...(to < text.length ? [{ text: " …", isFound: false }] : []),
  ];
}

export interface SearchPlace {
  readonly runId: string;
  readonly seq: number;
  readonly field: string;
}

export const cursorOf = ({ runId, seq, field }: SearchPlace): string => `${runId}.${seq}.${field}`;

/** Of a cursor whose form was checked. */
export function placeOf(cursor: string): SearchPlace {
  const [runId = "", seq = "0", field = ""] = cursor.split(".");
  return { runId, seq: Number(seq), field };
}
