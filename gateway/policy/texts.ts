// The texts of a piece: every string, number and key, but for the bytes of images that the allow-list took.
import { SHORTEST_MATCH } from "#lib/own-patterns/schema.ts";
import type { Images } from "../request/walk.ts";

export interface FoundText {
  /** `content[0].text` below the piece. */
  readonly place: string;
  readonly text: string;
  /** A key or a number: a label in its place would change what the request says. */
  readonly isFixed: boolean;
}

export interface Contents {
  readonly texts: readonly FoundText[];
  readonly images: number;
  /** Of images, as they stand in the request. */
  readonly imageBytes: number;
}

/** Nothing that is looked for is shorter: a charter's own pattern finds four characters or more. */
const SHORTEST = SHORTEST_MATCH;

export function contentsOf(piece: unknown, accepted: Images): Contents {
  const texts: FoundText[] = [];
  let images = 0;
  let imageBytes = 0;
  const add = (place: string, text: string, isFixed: boolean) => {
    if (text.length >= SHORTEST) texts.push({ place, text, isFixed });
  };
  const visit = (value: unknown, place: string, isImage: boolean): void => {
    if (typeof value === "string") {
      if (isImage) {
        images++;
        imageBytes += value.length;
      } else add(place, value, false);
    } else if (typeof value === "number") {
      add(place, String(value), true);
    } else if (Array.isArray(value)) {
      for (const [at, item] of value.entries()) visit(item, `${place}[${at}]`, false);
    } else if (typeof value === "object" && value !== null) {
      const imageField = accepted.get(value);
      for (const [name, item] of Object.entries(value)) {
        const below = `${place}.${name}`;
        add(below, name, true);
        visit(item, below, name === imageField);
      }
    }
  };
  visit(piece, "", false);
  return { texts, images, imageBytes };
}

/** The same value with each text replaced, in the order of `contentsOf` without what is fixed. */
export function replaceTexts(piece: unknown, replacements: readonly string[], accepted: Images): unknown {
  let next = 0;
  const change = (value: unknown, isImage: boolean): unknown => {
    if (typeof value === "string")
      return isImage || value.length < SHORTEST ? value : (replacements[next++] ?? value);
    if (Array.isArray(value)) return value.map((item) => change(item, false));
    if (typeof value !== "object" || value === null) return value;
    const imageField = accepted.get(value);
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, change(item, name === imageField)]),
    );
  };
  return change(piece, false);
}
