// Searching what agents were told, did and printed. Who searches is written down before anything is shown; what was
// looked for is in the entry by its digest only.
import { PermissionDenied } from "../authz/rules.ts";
import { transaction } from "../db.ts";
import { AppError, messageOf, refused } from "../errors.ts";
import { readableLogs } from "../log/rules.ts";
import { textsOf } from "../log-index/rules.ts";
import { type EventKind, NewEvent } from "../protocol/events.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { canonicalText } from "../record/rules.ts";
import type { Scope } from "../scope.ts";
import { maskPieces } from "../secrets/service.ts";
import { searchQuery } from "../text/words.ts";
import { cursorOf, phrasesOf, piecesOf, placeOf } from "./rules.ts";
import type { SearchLog, SearchPage } from "./schema.ts";
import { type AroundRow, selectAround, selectTexts, type TextRow } from "./store.ts";

const PAGE = 25;
const STATEMENT_TIMEOUT = "57014";

const digestOf = (text: string): string => sha256Hex(Buffer.from(text, "utf8"));

/** One page of events whose texts have all that was asked for, secrets masked; every page is an entry. */
export async function searchLog(scope: Scope, input: SearchLog): Promise<SearchPage> {
  const { text, field, pilotId, runId, after } = input;
  const phrases = phrasesOf(text);
  const pilots = searchable(scope, pilotId ?? null);
  const { rows, around } = await transaction(scope, async (tx) => {
    const conditions = {
      ...{ query: searchQuery(phrases), field: field ?? null, runId: runId ?? null, pilots },
      after: after === undefined ? null : placeOf(after),
    };
    const found = await selectTexts(tx.db, conditions, PAGE + 1);
    tx.record({
      kind: "log.searched",
      about: ["log:search"],
      detail: {
        query_sha256: digestOf(text),
        filters_sha256: digestOf(canonicalText(filtersOf(input))),
        results: Math.min(found.length, PAGE),
      },
    });
    return { rows: found, around: await selectAround(tx.db, found.slice(0, PAGE)) };
  }).catch(tooMany);
  const shown = rows.slice(0, PAGE);
  const last = shown.at(-1);
  const masked = await maskHits(shown, around);
  return {
    results: shown.map(({ text: _, ...row }: TextRow, index) => ({
      ...row,
      pieces: piecesOf(masked[index] ?? "", phrases),
    })),
    next: rows.length > PAGE && last ? cursorOf(last) : null,
  };
}

/**
 * What is shown of each hit. A secret may be cut by the end of what the index keeps, or by the end of a chunk of output:
 * so the whole text is searched, with what the command printed before and after it. An event whose text was taken
 * away since shows that.
 */
async function maskHits(hits: readonly TextRow[], around: readonly AroundRow[]): Promise<string[]> {
  const groups = hits.map(({ runId, seq, field }) => {
    const near = around.filter((row) => row.runId === runId && row.seq === seq);
    const textsAt = (side: number) =>
      near.filter((row) => row.side === side).map((row) => textIn(row, field));
    const hasPieces = Object.values(PIECES).includes(field);
    return {
      before: hasPieces ? textsAt(-1) : [],
      own: textsAt(0)[0] ?? "",
      after: hasPieces ? textsAt(1) : [],
    };
  });
  const masked = await maskPieces(groups.map(({ before, own, after }) => [...before, own, ...after]));
  return groups.map(({ before }, index) => masked[index]?.[before.length]?.text ?? "");
}

/** Kinds whose events hold pieces of one text, and the field they are found in. */
const PIECES: Readonly<Partial<Record<EventKind, TextRow["field"]>>> = {
  command_output: "output",
  item_delta: "output",
  prompt_sent: "prompt",
};

function textIn({ kind, body }: AroundRow, field: TextRow["field"]): string {
  const event = NewEvent.safeParse({ kind, body });
  if (!event.success) return "";
  // A piece of nothing but space is no text to find, and still stands between its neighbours.
  if ("text" in event.data.body && PIECES[event.data.kind] === field) return event.data.body.text;
  return textsOf(event.data).find((one) => one.field === field)?.text ?? "";
}

const filtersOf = ({ field, pilotId, runId, after }: SearchLog) => ({
  ...{ field: field ?? null, pilotId: pilotId ?? null, runId: runId ?? null, after: after ?? null },
});

/** Pilots to search in: those one may search, or of them the one that was named. */
function searchable(scope: Scope, pilotId: string | null): "all" | readonly string[] {
  const visible = readableLogs(scope.grants, "log.search");
  if (visible !== "all" && visible.length === 0) throw new PermissionDenied("log.search", null);
  if (pilotId === null) return visible;
  return visible === "all" || visible.includes(pilotId) ? [pilotId] : [];
}

function tooMany(error: unknown): never {
  if (error instanceof AppError && messageOf(error.cause).includes(STATEMENT_TIMEOUT))
    throw refused("This takes too long: too many texts have it. Add a word, or choose a pilot or a run.");
  throw error;
}
