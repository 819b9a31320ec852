// Pieces of requests, kept once a run: agents send all of their history again with every call.
import { hash } from "node:crypto";
import type { Db } from "../db.ts";
import { insertUnknown, type KnownItem, type NewItem } from "./item-store.ts";
import type { RequestItem } from "./schema.ts";

/** What this process knows to be stored: run → digest → item. Filled after a commit, never before. */
const known = new Map<string, Map<string, KnownItem>>();
const MOST_RUNS = 200;
const MOST_ITEMS = 20_000;

/** To be called once the items are durable. A run whose payloads are taken away calls no model any more. */
export function rememberItems(runId: string, items: ReadonlyMap<string, KnownItem>): void {
  const of = known.get(runId) ?? new Map<string, KnownItem>();
  known.delete(runId);
  if (of.size + items.size > MOST_ITEMS) of.clear();
  for (const [digest, item] of items) of.set(digest, item);
  known.set(runId, of);
  const oldest = known.keys().next().value;
  if (known.size > MOST_RUNS && oldest !== undefined) known.delete(oldest);
}

const digestOf = (bytes: Uint8Array): string => hash("sha256", bytes, "hex");

export interface Request {
  readonly runId: string;
  readonly callId: string;
  readonly head: RequestItem;
  readonly items: readonly RequestItem[];
}

export interface KeptRequest {
  readonly head: KnownItem;
  readonly items: readonly KnownItem[];
}

const keyOf = ({ runId, digest }: NewItem): string => `${runId} ${digest}`;

/**
 * Stores what is not stored yet. Gives each request's items in order, and by run what is to be remembered once this is
 * durable. The runs' budget rows are locked, so nobody else adds items of theirs meanwhile.
 */
export async function keepItems(
  db: Db,
  requests: readonly Request[],
): Promise<{ kept: KeptRequest[]; fresh: ReadonlyMap<string, ReadonlyMap<string, KnownItem>> }> {
  const pieces = requests.map(({ runId, callId, head, items }) =>
    [head, ...items].map((item): NewItem => ({ ...item, runId, callId, digest: digestOf(item.bytes) })),
  );
  const fresh = new Map<string, Map<string, KnownItem>>();
  const unknown = new Map<string, NewItem>();
  for (const piece of pieces.flat())
    if (!known.get(piece.runId)?.has(piece.digest) && !unknown.has(keyOf(piece)))
      unknown.set(keyOf(piece), piece);
  for (const { run_id, digest, ...item } of await insertUnknown(db, [...unknown.values()])) {
    const of = fresh.get(run_id) ?? new Map<string, KnownItem>();
    fresh.set(run_id, of.set(Buffer.from(digest).toString("hex"), item));
  }
  const find = ({ runId, digest }: NewItem): KnownItem => {
    const item = known.get(runId)?.get(digest) ?? fresh.get(runId)?.get(digest);
    if (!item) throw new Error("an item of a request was not stored");
    return item;
  };
  const kept = pieces.map((of) => {
    const [head, ...items] = of.map(find);
    if (!head) throw new Error("a request has no head");
    return { head, items };
  });
  return { kept, fresh };
}
