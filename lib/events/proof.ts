// That one event is in its batch, and through the batch's entry in the log. Pure; the rows come from the service.
import type { EventKind, RunEvent } from "../protocol/events.ts";
import type { Detail } from "../record/kinds/all-kinds.ts";
import { type Hash, leafHash } from "../tlog/hashing.ts";
import type { MemoryTree } from "../tlog/memory-tree.ts";
import { inclusionProof, rootFromInclusion } from "../tlog/proofs.ts";
import { batchTree, eventCommitment, eventLeaf } from "./rules.ts";

/** An event as the row holds it. */
export interface StoredEvent extends Pick<RunEvent, "seq" | "attempt" | "at" | "observedBy"> {
  readonly kind: EventKind;
  /** `{"redacted": true}` once it was taken away. */
  readonly body: unknown;
  /** Goes with the body; null too on events written before events were salted, which only their batch's digest binds. */
  readonly salt: Uint8Array | null;
  /** Kept once the body is gone; null before. */
  readonly commitment: Uint8Array | null;
}

/** What the event's leaf commits to; null where there is neither salt nor commitment. */
export function commitmentOf({ salt, commitment, body }: StoredEvent): Uint8Array | null {
  if (commitment) return commitment;
  return salt ? eventCommitment(salt, body) : null;
}

/** The bytes of the event's leaf, or null where it cannot be proved by itself. */
export function storedLeaf(event: StoredEvent): Buffer | null {
  const commitment = commitmentOf(event);
  return commitment ? eventLeaf(event, commitment) : null;
}

/** The tree over all events of one batch, in the order of their numbers; null where one cannot be proved. */
export function storedBatch(events: readonly StoredEvent[]): MemoryTree | null {
  const leaves = events.map(storedLeaf);
  return leaves.every((leaf) => leaf !== null) ? batchTree(leaves) : null;
}

/**
 * RFC 6962 inclusion proof of event `seq` among all events of its batch, from the leaf's sibling upwards; null where
 * there is none.
 */
export async function proveEvent(
  events: readonly StoredEvent[],
  seq: number,
): Promise<readonly Hash[] | null> {
  const index = events.findIndex((event) => event.seq === seq);
  const tree = storedBatch(events);
  return index === -1 || !tree ? null : inclusionProof(index, tree.size, tree.source);
}

/** Whether the proof leads from the event to what the entry of its batch says: place and size are the entry's. */
export function isInBatch(
  { from, to, root }: Pick<Detail<"run.events_appended">, "from" | "to" | "root">,
  event: StoredEvent,
  proof: readonly Hash[],
): boolean {
  const leaf = storedLeaf(event);
  if (!leaf) return false;
  return rootFromInclusion(event.seq - from, to - from + 1, leafHash(leaf), proof)?.toString("hex") === root;
}
