// What a page shows of a text from outside. What is stored stays as it came.
import { setImmediate as nextTurn } from "node:timers/promises";
import { bareText } from "./bare.ts";
import { otherReading } from "./readings.ts";
import { joined, masked, merged, NOT_SEARCHED, type Place, within } from "./rules.ts";
import { scan } from "./scan.ts";

/** What is done at a stretch: 60 ms of the text that takes longest, 3 ms of source code (bench/secrets.ts). */
const WINDOW = 65_536;
/** Longer than any secret that is looked for, so that none is cut by two windows. */
const OVERLAP = 16_384;

export interface Budget {
  /** UTF-16 units that are searched at most. */
  readonly characters: number;
  /** Milliseconds after which nothing more is searched. */
  readonly milliseconds: number;
}

/** For one page. A run page of 2,000 events is rarely above a megabyte, and a megabyte takes 60 ms. */
export const PAGE_BUDGET: Budget = { characters: 8 * 1024 * 1024, milliseconds: 3000 };

type Find = (part: string) => Promise<Place[]>;

let lastTurn: Promise<void> = Promise.resolve();

/** A turn of the event loop of its own: of many texts that are searched at once only one goes on before others are heard. */
export function ownTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => nextTurn());
  return lastTurn;
}

/** Lets other requests in between two windows. What was not reached is one place called `not searched`. */
async function searched(text: string, budget: Budget, began: number, find: Find): Promise<Place[]> {
  const places: Place[] = [];
  for (let at = 0; at < text.length; at += WINDOW - OVERLAP) {
    if (text.length > WINDOW) await ownTurn();
    const to = Math.min(at + WINDOW, text.length);
    if (to > budget.characters || performance.now() - began > budget.milliseconds) {
      return [...places, { start: at, end: text.length, rule: NOT_SEARCHED }];
    }
    for (const { start, end, rule } of await find(text.slice(at, to))) {
      places.push({ start: start + at, end: end + at, rule });
    }
    if (to === text.length) break;
  }
  return places;
}

/** Where secrets stand in a text, in order and without overlap. */
export async function findSecrets(text: string, budget: Budget = PAGE_BUDGET): Promise<Place[]> {
  const began = performance.now();
  const everyWay: Find = async (part) => {
    const other = otherReading(part);
    const found = other ? await searched(other.text, budget, began, scan) : [];
    const there = found.map(({ rule, ...place }) => ({ ...(other?.original(place) ?? place), rule }));
    return [...(await scan(part)), ...there];
  };
  const places = await searched(text, budget, began, everyWay);
  const bare = bareText(text);
  if (bare) {
    for (const { start, end, rule } of await searched(bare.text, budget, began, everyWay)) {
      places.push({ start: bare.original(start), end: bare.original(end - 1) + 1, rule });
    }
  }
  return merged(places);
}

export interface Masked {
  readonly text: string;
  /** Places of the text that came in. */
  readonly found: readonly Place[];
}

/** One text with every secret that was found replaced by `[secret: RULE]`. */
export async function maskSecrets(text: string, budget: Budget = PAGE_BUDGET): Promise<Masked> {
  const found = await findSecrets(text, budget);
  return { text: masked(text, found), found };
}

/**
 * Many texts at once. The pieces of a group are one text that was cut, e.g. the output of one command in chunks: a
 * secret cut in two is found, and its label stands in every piece that held a part of it.
 */
export async function maskPieces(
  groups: readonly (readonly string[])[],
  budget: Budget = PAGE_BUDGET,
): Promise<Masked[][]> {
  const { text, offsets } = joined(groups);
  const places = await findSecrets(text, budget);
  return groups.map((pieces, group) =>
    pieces.map((piece, index) => {
      const at = offsets[group]?.[index] ?? 0;
      const found = within(places, at, at + piece.length);
      return { text: masked(piece, found), found };
    }),
  );
}

/** Texts that have nothing to do with each other. */
export async function maskTexts(texts: readonly string[], budget: Budget = PAGE_BUDGET): Promise<Masked[]> {
  return (
    await maskPieces(
      texts.map((text) => [text]),
      budget,
    )
  ).flat();
}
