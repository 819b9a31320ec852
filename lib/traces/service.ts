// Calls of models read again: what was asked, what came when, what it cost. Secrets are masked, as on every page.
import { maySee } from "../authz/require.ts";
import { visiblePilots } from "../authz/rules.ts";
import { read } from "../db.ts";
import { notFound } from "../errors.ts";
import type { Api } from "../model-calls/schema.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { maskPieces, maskTexts } from "../secrets/service.ts";
import { partsOf, piecesOf } from "./rules.ts";
import type { CallTrace, CallView, Spend, SpendBy, TracePiece, TraceText } from "./schema.ts";
import {
  findCall,
  findOutput,
  type OutputRow,
  type PieceRow,
  selectCalls,
  selectRequest,
  selectSpend,
} from "./store.ts";

/** How many calls a page of them has. */
export const CALLS_PAGE = 200;

/** Calls of a run in the order they were opened, 200 at a time; `after`: id of the last one seen. */
export async function listCalls(scope: Scope, runId: string, after = ""): Promise<CallView[]> {
  await getRun(scope, runId);
  return read(scope, (db) => selectCalls(db, runId, after, CALLS_PAGE));
}

/** One call, with all that was said in it. */
export async function getCallTrace(scope: Scope, callId: string): Promise<CallTrace> {
  const { call, request, output } = await read(scope, async (db) => ({
    call: await findCall(db, callId),
    request: await selectRequest(db, callId),
    output: await findOutput(db, callId),
  }));
  if (!call || !maySee(scope, call.pilotId, "run.view")) throw notFound("call");
  const { pilotId: _, ...view } = call;
  const [head, ...items] = await shownTexts(request);
  if (!head) throw new Error(`call ${callId} has no head`);
  return {
    ...{ call: view, head, items },
    response: output && (await shownResponse(view.api as Api, output)),
    isTakenAway: request.some(({ bytes }) => bytes === null),
  };
}

/** UTF-16 units of one text that a page shows. */
const SHOWN = 65_536;

async function shownTexts(rows: readonly PieceRow[]): Promise<TraceText[]> {
  const texts = rows.map(({ bytes }) => (bytes === null ? "" : Buffer.from(bytes).toString("utf8")));
  const masked = await maskTexts(texts);
  return rows.map(({ role, size, bytes }, at) => {
    const text = masked[at]?.text ?? "";
    const cut = Math.max(0, text.length - SHOWN);
    return { role, bytes: size, text: bytes === null ? null : text.slice(0, SHOWN), cut };
  });
}

/** A secret that the provider sent in pieces is masked in each of them. */
async function shownResponse(api: Api, row: OutputRow): Promise<CallTrace["response"]> {
  if (row.bytes === null) return null;
  const { resolution, pieces } = piecesOf(api, Buffer.from(row.bytes), row);
  const parts = partsOf(pieces);
  const masked = await maskPieces(parts.map((part) => part.map(({ text }) => text)));
  const shown = new Map<TracePiece, TracePiece>();
  for (const [at, part] of parts.entries())
    for (const [n, piece] of part.entries()) shown.set(piece, shownPiece(piece, masked[at]?.[n]?.text ?? ""));
  return { bytes: row.size, resolution, pieces: pieces.flatMap((piece) => shown.get(piece) ?? []) };
}

/** How likely a masked token was says something of it. */
function shownPiece({ logprob, ...piece }: TracePiece, text: string): TracePiece {
  const isMasked = text !== piece.text;
  return { ...piece, text, ...(logprob === undefined || isMasked ? {} : { logprob }) };
}

export interface SpendOf {
  readonly pilotId?: string | undefined;
  readonly runId?: string | undefined;
}

const MOST_ROWS = 400;

/** What calls cost, by run, agent, model or the pilot's day, over the pilots the scope may see. */
export async function listSpend(
  scope: Scope,
  by: SpendBy,
  { pilotId, runId }: SpendOf = {},
): Promise<Spend[]> {
  if (pilotId !== undefined && !maySee(scope, pilotId)) throw notFound("pilot");
  const pilotIds = pilotId === undefined ? visiblePilots(scope.grants) : [pilotId];
  return read(scope, (db) => selectSpend(db, by, { pilotIds, runId: runId ?? null }, MOST_ROWS));
}
