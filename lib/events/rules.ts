import { createHash } from "node:crypto";
import type { NewEvent, RunEvent } from "../protocol/events.ts";
import { canonicalText } from "../record/rules.ts";
import { leafHash } from "../tlog/hashing.ts";
import { type MemoryTree, memoryTree } from "../tlog/memory-tree.ts";

/** JSON that Postgres can hold: NUL shown as ␀, lone surrogates replaced. Everything else stays as it is. */
export function storable<T>(value: T): T {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\u0000", "\u2400") as T;
  if (Array.isArray(value)) return value.map((item) => storable(item)) as T;
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [storable(key), storable(item)]),
    ) as T;
  }
  return value;
}

/** Text of the column `at`: milliseconds, UTC. */
export const eventTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

export function numbered(
  first: number,
  attempt: number,
  observedBy: RunEvent["observedBy"],
  events: readonly { readonly at: string; readonly event: NewEvent }[],
): RunEvent[] {
  return events.map(({ at, event }, index) => ({
    ...storable(event),
    seq: first + index,
    attempt,
    at: eventTime(Date.parse(at)),
    observedBy,
  }));
}

export const SALT_BYTES = 32;

/** Salt number `index` of those drawn for a batch in one piece. */
export const saltOf = (salts: Uint8Array, index: number): Uint8Array =>
  salts.subarray(index * SALT_BYTES, (index + 1) * SALT_BYTES);

/** SHA-256(salt ‖ canonical body): stays when body and salt are taken away, and gives nothing of them then. */
export const eventCommitment = (salt: Uint8Array, body: unknown): Buffer =>
  createHash("sha256").update(salt).update(canonicalText(body), "utf8").digest();

export type EventFacts = Pick<RunEvent, "seq" | "attempt" | "at" | "observedBy"> & { readonly kind: string };

/** What is a leaf of its batch's tree: everything about the event but its body, which it commits to. */
export function eventLeaf(
  { seq, attempt, at, observedBy, kind }: EventFacts,
  commitment: Uint8Array,
): Buffer {
  const hex = Buffer.from(commitment).toString("hex");
  return Buffer.from(canonicalText({ at, attempt, commitment: hex, kind, observedBy, seq }), "utf8");
}

/** RFC 6962's tree over the leaves of a batch, in the order of their numbers. */
export const batchTree = (leaves: readonly Uint8Array[]): MemoryTree => memoryTree(leaves.map(leafHash));
