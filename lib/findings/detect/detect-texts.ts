// Texts held against rules and searched for secrets. A text that came in pieces is looked through as one; what was
// looked through before is only context.
import { setImmediate as nextTurn } from "node:timers/promises";
import { joined, masked, NOT_SEARCHED, type Place, within } from "../../secrets/rules.ts";
import { type Budget, findSecrets } from "../../secrets/service.ts";
import { NOT_SEARCHED_RULE } from "../catalog.ts";
import { type Match, matchRules } from "../conduct/match.ts";
import type { PatternRule } from "../conduct/read-rules.ts";
import type { FindingRule, Sighting } from "../schema.ts";

export interface Piece {
  readonly text: string;
  /** Not looked through before. */
  readonly isNew: boolean;
  /** Where it was seen, beside its text. */
  readonly place: Omit<Sighting, "rule" | "subject" | "evidence" | "times">;
}

export interface WatchedText {
  /** Tells findings of one rule apart; empty where the rule alone does. */
  readonly subject: string;
  readonly rules: readonly PatternRule[];
  readonly secrets: FindingRule;
  readonly pieces: readonly Piece[];
  readonly isCommand?: boolean;
  readonly path?: string;
  /** Line of the file at which a piece begins, one a piece. */
  readonly lines?: readonly number[];
}

/** For one turn of the monitor. */
export const WATCH_BUDGET: Budget = { characters: 8 * 1024 * 1024, milliseconds: 4000 };

const SHOWN_BEFORE = 120;
const SHOWN = 600;

/**
 * Sightings in texts, in their order. What the budget does not reach is said. Rules have a time of their own, and come first:
 * a text in which secrets are looked for slowly keeps no command from being held against them.
 */
export async function detectTexts(
  texts: readonly WatchedText[],
  budget: Budget = WATCH_BUDGET,
  forRules: number = budget.milliseconds,
): Promise<Sighting[]> {
  if (texts.length === 0) return [];
  const matched = await matchAll(texts, forRules);
  const groups = texts.map(({ pieces }) => pieces.map(({ text }) => text));
  const { text: all, offsets } = joined(groups);
  const secrets = await findSecrets(all, budget);
  return texts.flatMap((watched, at) => {
    const from = offsets[at]?.[0] ?? 0;
    const text = textOf(watched);
    const own = within(secrets, from, from + text.length);
    const starts = (offsets[at] ?? []).map((offset) => offset - from);
    return inText(watched, { text, starts, secrets: own, matches: matched[at] ?? null });
  });
}

const textOf = ({ pieces }: WatchedText): string => pieces.map(({ text }) => text).join("");

/** By text; null where the time was over. */
async function matchAll(
  texts: readonly WatchedText[],
  milliseconds: number,
): Promise<(readonly Match[] | null)[]> {
  const began = performance.now();
  const matched: (readonly Match[] | null)[] = [];
  for (const watched of texts) {
    const isLate = performance.now() - began > milliseconds;
    matched.push(isLate ? null : matchesIn(watched));
    await nextTurn(); // whatever else this process does goes on in between
  }
  return matched;
}

function matchesIn(watched: WatchedText): readonly Match[] {
  const { pieces, rules, isCommand = false } = watched;
  const first = pieces.findIndex(({ isNew }) => isNew);
  if (first === -1) return [];
  const from = pieces.slice(0, first).reduce((length, { text }) => length + text.length, 0);
  return matchRules(rules, textOf(watched), { from, isCommand });
}

interface Looked {
  readonly text: string;
  /** Where each piece begins. */
  readonly starts: readonly number[];
  readonly secrets: readonly Place[];
  /** Null where the time was over: rules were not asked any more. */
  readonly matches: readonly Match[] | null;
}

function inText(watched: WatchedText, looked: Looked): Sighting[] {
  const first = watched.pieces.findIndex(({ isNew }) => isNew);
  if (first === -1) return [];
  const from = looked.starts[first] ?? 0;
  const isCut = looked.matches === null || looked.secrets.some(({ rule }) => rule === NOT_SEARCHED);
  return [
    ...(looked.matches ?? []).map((match) => ofMatch(watched, looked, match)),
    ...ofSecrets(watched, looked, from),
    ...(isCut ? [notSearched(watched, looked, first)] : []),
  ];
}

/** The piece in which an offset lies; the first new one where that was looked through before. */
function pieceAt({ pieces }: WatchedText, { starts }: Looked, offset: number): number {
  const at = starts.findLastIndex((start) => start <= offset);
  return pieces[at]?.isNew
    ? at
    : Math.max(
        0,
        pieces.findIndex(({ isNew }) => isNew),
      );
}

interface Struck {
  readonly rule: FindingRule;
  readonly subject: string;
  readonly start: number;
  readonly end: number;
  readonly times: number;
}

function sighting(
  watched: WatchedText,
  looked: Looked,
  { rule, subject, start, end, times }: Struck,
): Sighting {
  const at = pieceAt(watched, looked, start);
  const from = Math.max(0, start - SHOWN_BEFORE);
  const to = Math.min(looked.text.length, Math.max(end, from + SHOWN / 2), from + SHOWN);
  const shown = masked(looked.text.slice(from, to), within(looked.secrets, from, to)).slice(0, 1000);
  const place = watched.pieces[at]?.place ?? { at: 0 };
  const line = watched.lines?.[at] ?? null;
  return {
    ...{ rule, subject, times, ...place },
    evidence: { text: shown.toWellFormed().replaceAll("\0", "\u2400"), path: watched.path ?? null, line },
  };
}

const ofMatch = (watched: WatchedText, looked: Looked, { rule, start, end, times }: Match): Sighting =>
  sighting(watched, looked, { rule, subject: watched.subject, start, end, times });

/** One of each kind. What it is stands nowhere: its place is masked. */
function ofSecrets(watched: WatchedText, looked: Looked, from: number): Sighting[] {
  const fresh = looked.secrets.filter(({ rule, end }) => rule !== NOT_SEARCHED && end > from);
  return [...Map.groupBy(fresh, ({ rule }) => rule)].flatMap(([kind, places]) => {
    const [first] = places;
    if (!first) return [];
    const { start, end } = first;
    const subject = `${kind} ${watched.subject}`;
    return [sighting(watched, looked, { rule: watched.secrets, subject, start, end, times: places.length })];
  });
}

function notSearched(watched: WatchedText, looked: Looked, first: number): Sighting {
  const start = looked.starts[first] ?? 0;
  const place = watched.pieces[first]?.place ?? { at: 0 };
  const text = `${looked.text.length - start} characters were not looked through to their end.`;
  return {
    ...{ rule: NOT_SEARCHED_RULE, subject: watched.subject, ...place },
    evidence: { text, path: watched.path ?? null, line: null },
  };
}
