// What goes on while processes are killed: runners that send numbered batches and send them again until they are
// acknowledged, entries one by one, and people who read a document and decide on it.
import { steadyClock, systemClock } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { AppError, messageOf } from "#lib/errors.ts";
import { decideGate } from "#lib/gates/decide-gate.ts";
import { getGate } from "#lib/gates/service.ts";
import { askActivation } from "#lib/pilots/ask-activation.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { getCharter } from "#lib/pilots/service.ts";
import { createPilot } from "#lib/pilots/write-charter.ts";
import type { Scope } from "#lib/scope.ts";
import type { TimedEvent } from "../../log/load.ts";
import type { Random } from "../random.ts";
import { type Memory, type SentBatch, sha256 } from "./memory.ts";

export interface LeaseRef {
  readonly leaseId: string;
  readonly runId: string;
  readonly attempt: number;
}

/** How a runner reaches the plane. */
export interface Door {
  /** A lease of a run that waits; null where none does. */
  lease(): Promise<LeaseRef | null>;
  /** The number up to which everything is durable. */
  send(lease: LeaseRef, first: number, events: readonly TimedEvent[]): Promise<number>;
  heartbeat(lease: LeaseRef): Promise<void>;
  /** Hands in bytes; null where this door takes none. */
  upload(lease: LeaseRef, bytes: Buffer): Promise<string | null>;
}

export interface People {
  readonly lead: Scope;
  readonly security: Scope;
  readonly charter: Charter;
}

/** When what was last acknowledged had been sent, milliseconds of the steady clock. */
export interface Progress {
  entry: number;
  batch: number;
}

export interface LoadParts {
  readonly memory: Memory;
  readonly random: Random;
  readonly door: Door;
  readonly scope: Scope;
  readonly people: People;
  readonly seed: number;
}

export interface Load {
  readonly progress: Progress;
  /** Sentences about answers that must not be. */
  readonly faults: readonly string[];
  leasesLost(): number;
  /** Ends when everybody's last operation has ended. */
  stop(): Promise<void>;
}

const HEARTBEAT = 2000;
const AGAIN = 50;

/** The plane says that this lease is over; everything else may be tried again. */
const isOver = (error: unknown): boolean =>
  error instanceof AppError && ["fenced", "not_found"].includes(error.code);
const isGap = (error: unknown): boolean => error instanceof AppError && error.code === "conflict";

export function startLoad({ memory, random, door, scope, people, seed }: LoadParts): Load {
  const progress: Progress = { entry: 0, batch: 0 };
  const faults: string[] = [];
  const over = new AbortController();
  let leasesLost = 0;
  let made = 0;
  const pause = (least: number, spread: number) =>
    systemClock.sleep(least + random.below(spread), over.signal).catch(() => undefined); // the load is over

  async function writeEntries(): Promise<void> {
    while (!over.signal.aborted) {
      const entry = { mark: sha256(`entry ${seed} ${made++}`), isAcknowledged: false };
      memory.entries.push(entry);
      const sentAt = steadyClock.now();
      memory.call("entry_sent");
      try {
        await transaction(scope, async (tx) =>
          tx.record({
            kind: "log.searched",
            about: ["log:all"],
            detail: { query_sha256: entry.mark, filters_sha256: sha256("none"), results: 0 },
          }),
        );
        entry.isAcknowledged = true;
        progress.entry = Math.max(progress.entry, sentAt);
        memory.call("entry_acknowledged");
      } catch {
        await pause(AGAIN, 1); // not acknowledged: it may be there once, or not
      }
      await pause(10, 60);
    }
  }

  /** Until it is acknowledged, or the lease is over. False: it is over. */
  async function deliver(lease: LeaseRef, first: number, batch: SentBatch): Promise<boolean> {
    const at = new Date().toISOString();
    const events = batch.texts.map((text): TimedEvent => ({ at, event: { kind: "note", body: { text } } }));
    for (;;) {
      const sentAt = steadyClock.now();
      memory.call("batch_sent");
      try {
        const acknowledged = await door.send(lease, first, events);
        if (acknowledged < first + events.length - 1)
          faults.push(
            `${lease.leaseId} sent up to ${first + events.length - 1} and was told ${acknowledged}`,
          );
        batch.isAcknowledged = true;
        progress.batch = Math.max(progress.batch, sentAt);
        memory.call("batch_acknowledged");
        return true;
      } catch (error) {
        if (isGap(error)) faults.push(`${lease.leaseId} at ${first}: ${messageOf(error)}`);
        if (isGap(error) || isOver(error)) return false;
        await systemClock.sleep(AGAIN);
      }
    }
  }

  async function work(lease: LeaseRef): Promise<void> {
    const beating = new AbortController();
    const beats = (async () => {
      while (!beating.signal.aborted) {
        await door.heartbeat(lease).catch(() => undefined); // the next one may get through
        await systemClock.sleep(HEARTBEAT, beating.signal).catch(() => undefined); // the lease is over
      }
    })();
    try {
      for (let first = 1; !over.signal.aborted; ) {
        const texts = Array.from(
          { length: 1 + random.below(8) },
          (_, n) => `${lease.leaseId} event ${first + n}`,
        );
        const batch: SentBatch = { runId: lease.runId, texts, isAcknowledged: false };
        memory.batches.push(batch);
        if (!(await deliver(lease, first, batch))) {
          leasesLost += 1;
          return;
        }
        first += texts.length;
        if (random.below(20) === 0) await handIn(lease);
        await pause(20, 100);
      }
    } finally {
      beating.abort();
      await beats;
    }
  }

  async function handIn(lease: LeaseRef): Promise<void> {
    const bytes = random.bytes(2000 + random.below(20_000));
    const blobId = await door.upload(lease, bytes).catch(() => null); // not acknowledged: it counts for nothing
    if (blobId !== null) memory.blobs.push({ blobId, runId: lease.runId, sha256: sha256(bytes) });
  }

  async function run(): Promise<void> {
    while (!over.signal.aborted) {
      const lease = await door.lease().catch(() => null); // asked again
      if (lease) await work(lease);
      else await pause(AGAIN, 1);
    }
  }

  async function decideOnce(): Promise<void> {
    const { lead, security, charter } = people;
    const { pilotId } = await createPilot(lead, {
      name: `Pilot ${made++} of ${seed}`,
      timeZone: "UTC",
      charter,
    });
    const { gateId } = await askActivation(lead, pilotId);
    const { document, digest, charterId } = await getGate(security, gateId);
    const shown = await getCharter(security, charterId ?? "");
    const gate = {
      gateId,
      document,
      digest,
      charter: shown.canonical,
      charterDigest: shown.digest,
      isDecided: false,
    };
    memory.gates.push(gate);
    memory.call("document_shown");
    const decided = decideGate(security, { gateId, digest, decision: "approve", reason: "" });
    memory.call("decision_sent");
    await decided;
    gate.isDecided = true;
  }

  async function decide(): Promise<void> {
    while (!over.signal.aborted) {
      await decideOnce().catch(() => undefined); // what was not acknowledged may be there once, or not
      await pause(200, 400);
    }
  }

  const working = [writeEntries(), writeEntries(), writeEntries(), run(), run(), run(), decide()];
  return {
    ...{ progress, faults },
    leasesLost: () => leasesLost,
    async stop() {
      over.abort();
      await Promise.all(working);
    },
  };
}
