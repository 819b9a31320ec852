// What the outside world was told. Kept here, outside everything that is killed: what was sent, and what of it was
// acknowledged. Also where the load calls out its steps.
import { createHash } from "node:crypto";
import type { Step } from "./points.ts";

export const sha256 = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");

/** A batch of events as a runner numbers them in its lease; `texts` are unique in the whole attack. */
export interface SentBatch {
  readonly runId: string;
  readonly texts: readonly string[];
  isAcknowledged: boolean;
}

export interface SentEntry {
  /** What the entry is found by: a digest that only it holds. */
  readonly mark: string;
  isAcknowledged: boolean;
}

/** A document somebody was shown and decided on. */
export interface ShownGate {
  readonly gateId: string;
  readonly document: string;
  readonly digest: string;
  readonly charter: string;
  readonly charterDigest: string;
  isDecided: boolean;
}

export interface KeptBlob {
  readonly blobId: string;
  readonly runId: string;
  readonly sha256: string;
}

export interface Memory {
  readonly entries: SentEntry[];
  readonly batches: SentBatch[];
  readonly gates: ShownGate[];
  readonly blobs: KeptBlob[];
  call(step: Step): void;
  /** Resolves at the next call of this step; with false when none comes before the signal. */
  next(step: Step, signal: AbortSignal): Promise<boolean>;
}

export function createMemory(): Memory {
  const waiting = new Map<Step, Set<() => void>>();
  return {
    ...{ entries: [], batches: [], gates: [], blobs: [] },
    call(step) {
      const listeners = waiting.get(step);
      waiting.delete(step);
      for (const listener of listeners ?? []) listener();
    },
    next: (step, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(false);
        const listeners = waiting.get(step) ?? new Set();
        waiting.set(
          step,
          listeners.add(() => resolve(true)),
        );
        signal.addEventListener("abort", () => resolve(false), { once: true });
      }),
  };
}

export interface Acknowledged {
  readonly entries: number;
  readonly events: number;
  readonly decisions: number;
  readonly blobs: number;
}

export const acknowledgedIn = ({ entries, batches, gates, blobs }: Memory): Acknowledged => ({
  entries: entries.filter(({ isAcknowledged }) => isAcknowledged).length,
  events: batches
    .filter(({ isAcknowledged }) => isAcknowledged)
    .reduce((sum, { texts }) => sum + texts.length, 0),
  decisions: gates.filter(({ isDecided }) => isDecided).length,
  blobs: blobs.length,
});
