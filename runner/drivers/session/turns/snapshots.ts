// When an agent's session is kept, so that it can go on elsewhere: after every turn, before it is left, and each minute in which
// the tree moved. The newest counts: while one is on its way to the plane, of those that come meanwhile only the last one follows.
import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, DAY, MINUTE } from "#lib/clock.ts";
import { AppError, type ErrorCode } from "#lib/errors.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { SnapshotReason } from "#lib/protocol/steering.ts";
import { visibleText } from "#lib/text/rules.ts";
import type { Snapshot } from "../port.ts";

const NOT_TAKEN: readonly ErrorCode[] = ["refused", "too_large", "bad_input"];

export interface KeptSnapshot {
  /** On this host, readable for the sandbox's user. */
  readonly file: string;
  readonly native: string;
  readonly turn: number;
  readonly tree: string;
}

export interface SnapshotsOptions {
  readonly driver: string;
  readonly folder: string;
  readonly clock: Clock;
  /** Hands a file in; resolves with the id of its blob, as late as the plane is there. */
  upload(file: string): Promise<string>;
  emit(event: NewEvent): Promise<void>;
  /** Where events or uploads cannot go on. */
  onBroken(error: unknown): void;
}

export interface SnapshotSource {
  readonly native: string;
  readonly turn: number;
  take(): Promise<Snapshot>;
}

export interface Snapshots {
  /** Makes one. What makes that impossible inside the sandbox is told as a note: the work goes on without it. */
  take(source: SnapshotSource, why: SnapshotReason): Promise<void>;
  /** The same, where a minute has passed and the tree is another one. */
  afterItem(source: SnapshotSource, tree: string): Promise<void>;
  /** The newest of this lease. */
  latest(): KeptSnapshot | null;
  /** Resolves when the newest is with the plane. */
  settled(): Promise<void>;
}

export function createSnapshots(options: SnapshotsOptions): Snapshots {
  const { driver, folder, clock, emit } = options;
  let latest: (KeptSnapshot & { readonly why: SnapshotReason; readonly madeAt: number }) | null = null;
  let sent: KeptSnapshot | null = null;
  let underway: KeptSnapshot | null = null;
  let taken = 0;
  let at = clock.now();
  let shipping: Promise<void> | null = null;
  let lastProblem = "";

  async function ship(): Promise<void> {
    while (latest !== null && latest !== sent) {
      const { file, native, turn, tree, why, madeAt } = latest;
      const mine = latest;
      underway = mine;
      const blob = await uploaded(file);
      if (blob !== null) {
        const age = Math.min(DAY, Math.max(0, Math.round(clock.now() - madeAt)));
        await emit({ kind: "snapshot_taken", body: { blob, native, driver, turn, tree, why, age } });
      }
      sent = mine;
      underway = null;
      if (latest !== mine) await rm(file, { force: true });
    }
  }

  /** Null where the plane does not take it. */
  async function uploaded(file: string): Promise<string | null> {
    try {
      return await options.upload(file);
    } catch (error) {
      if (!(error instanceof AppError && NOT_TAKEN.includes(error.code))) throw error;
      await tell(error.message);
      return null;
    }
  }

  function shipSoon(): void {
    if (shipping !== null) return;
    shipping = ship().finally(() => {
      shipping = null;
    });
    shipping.catch(options.onBroken);
  }

  async function tell(problem: string): Promise<void> {
    if (problem === lastProblem) return;
    lastProblem = problem;
    const text = `The session could not be kept: ${visibleText(problem).slice(0, 1000)}`;
    await emit({ kind: "note", body: { text: text.toWellFormed() } });
  }

  async function take({ native, turn, take: make }: SnapshotSource, why: SnapshotReason): Promise<void> {
    at = clock.now();
    const madeAt = at;
    let made: Snapshot;
    try {
      made = await make();
    } catch (error) {
      if (error instanceof AppError && error.code === "refused") return tell(error.message);
      throw error;
    }
    const file = join(folder, `snapshot-${++taken}`);
    await writeFile(file, made.bytes);
    await chmod(file, 0o444);
    const older = latest;
    latest = { file, native, turn, tree: made.tree, why, madeAt };
    if (older !== null && older !== underway) await rm(older.file, { force: true });
    shipSoon();
  }

  return {
    take,
    async afterItem(source, tree) {
      if (clock.now() - at < MINUTE || tree === latest?.tree) return;
      await take(source, "time");
    },
    latest: () => latest,
    async settled() {
      while (shipping !== null) await shipping;
    },
  };
}
