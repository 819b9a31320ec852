// Pieces of requests, kept once a run: agents send all of their history again with every call, and only what is new of
// it travels to the database.
import { hash, randomBytes } from "node:crypto";
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import { selectStored } from "./item-store.ts";
import { payloadCommitment, requestCommitment } from "./rules.ts";
import type { Intent, RequestItem } from "./schema.ts";

export interface KnownItem {
  readonly id: number;
  readonly commitment: Uint8Array;
}

/** What this process knows to be stored: run → digest → item. Filled after a commit, never before. */
const known = new Map<string, Map<string, KnownItem>>();
const MOST_RUNS = 200;
const MOST_ITEMS = 20_000;

/** To be called once the items are durable. A run whose payloads are taken away calls no model any more. */
function remember(runId: string, items: Iterable<readonly [digest: string, item: KnownItem]>): void {
  const of = known.get(runId) ?? new Map<string, KnownItem>();
  known.delete(runId);
  if (of.size > MOST_ITEMS) of.clear();
  for (const [digest, item] of items) of.set(digest, item);
  known.set(runId, of);
  const oldest = known.keys().next().value;
  if (known.size > MOST_RUNS && oldest !== undefined) known.delete(oldest);
}

const digestOf = (bytes: Uint8Array): string => hash("sha256", bytes, "hex");

interface NewPiece extends RequestItem {
  readonly runId: string;
  /** The call that brings it. */
  readonly callId: string;
  readonly digest: string;
  readonly salt: Buffer;
  readonly commitment: Buffer;
}

/** As `open_model_calls` reads it. */
export interface PreparedPiece {
  readonly run: string;
  readonly call: string;
  readonly role: string;
  /** Of its bytes among those of all pieces. */
  readonly start: number;
  readonly size: number;
  readonly digest: string;
  readonly salt: string;
  readonly commitment: string;
}

/** One request in terms of rows: an id, or −n for the nth piece of the batch. */
export interface PlacedRequest {
  readonly head: number;
  readonly items: readonly number[];
  readonly commitment: Buffer;
}

export interface PlacedRequests {
  readonly requests: readonly PlacedRequest[];
  readonly pieces: readonly PreparedPiece[];
  readonly bytes: Buffer;
  /** To be called once they are durable, with their ids in order. */
  stored(ids: readonly number[]): void;
}

const SALT_BYTES = 32;

function newPiece(runId: string, callId: string, { role, bytes }: RequestItem, digest: string): NewPiece {
  const salt = randomBytes(SALT_BYTES);
  return { runId, callId, role, bytes, digest, salt, commitment: payloadCommitment(salt, bytes) };
}

const piecesOf = ({ requestHead, requestItems }: Intent): readonly RequestItem[] => [
  { role: "head", bytes: requestHead },
  ...requestItems,
];

export function placeRequests(intents: readonly Intent[]): PlacedRequests {
  const fresh: NewPiece[] = [];
  const places = new Map<string, number>();
  const placeOf = ({ admission: { runId }, callId }: Intent, item: RequestItem): KnownItem => {
    const digest = digestOf(item.bytes);
    const stored = known.get(runId)?.get(digest);
    if (stored) return stored;
    const key = `${runId} ${digest}`;
    const nth = places.get(key) ?? fresh.push(newPiece(runId, callId, item, digest));
    places.set(key, nth);
    return { id: -nth, commitment: fresh[nth - 1]?.commitment ?? new Uint8Array() };
  };
  const requests = intents.map((intent): PlacedRequest => {
    const [head, ...items] = piecesOf(intent).map((item) => placeOf(intent, item));
    if (!head) throw new Error("a request has no head");
    const commitment = requestCommitment([head, ...items].map((item) => item.commitment));
    return { head: head.id, items: items.map(({ id }) => id), commitment };
  });
  return { requests, ...prepared(fresh), stored: (ids) => rememberNew(fresh, ids) };
}

function prepared(fresh: readonly NewPiece[]): { pieces: PreparedPiece[]; bytes: Buffer } {
  let start = 0;
  const pieces = fresh.map(({ runId, callId, role, bytes, digest, salt, commitment }) => {
    const at = start;
    start += bytes.length;
    return {
      ...{ run: runId, call: callId, role: role.slice(0, 40), start: at, size: bytes.length, digest },
      ...{ salt: salt.toString("hex"), commitment: commitment.toString("hex") },
    };
  });
  return { pieces, bytes: Buffer.concat(fresh.map(({ bytes }) => bytes)) };
}

function rememberNew(fresh: readonly NewPiece[], ids: readonly number[]): void {
  if (ids.length !== fresh.length) throw new Error("another number of pieces was stored than was given");
  for (const [at, { runId, digest, commitment }] of fresh.entries())
    remember(runId, [[digest, { id: ids[at] ?? 0, commitment }]]);
}

/** Looks up what is stored already: by another gateway, or before this process began. */
export async function learnStored(scope: Scope, intents: readonly Intent[]): Promise<void> {
  const wanted = Map.groupBy(intents, ({ admission }) => admission.runId);
  for (const [runId, of] of wanted) {
    const digests = [
      ...new Set(of.flatMap((intent) => piecesOf(intent).map(({ bytes }) => digestOf(bytes)))),
    ];
    const rows = await read(scope, (db) => selectStored(db, runId, digests));
    remember(
      runId,
      rows.map(({ digest, id, commitment }) => [digest, { id, commitment }] as const),
    );
  }
}
