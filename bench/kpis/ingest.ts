// What facts cost those who write rows: the same life of a run with the triggers that move facts, and without.
import pg from "pg";
import { transaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { moveRun } from "#lib/runs/move-run.ts";
import { lockRun } from "#lib/runs/run-in-tx.ts";
import type { RunStatus } from "#lib/runs/schema.ts";
import { interleave } from "../interleave.ts";
import { appendBatch, outputEvents } from "../log/load.ts";
import { DATABASE, type LogPlace } from "../log/place.ts";
import type { BenchWork } from "../place/work.ts";
import { slowedBy } from "./figures.ts";

/** Tables of which a life writes rows, and their triggers that move facts. */
const MOVED = [
  ["run", "fact"],
  ["run", "fact_moved"],
  ["patch", "fact"],
  ["evidence", "fact"],
] as const;
const WAY: readonly RunStatus[] = ["preparing", "working", "verifying", "in_review", "rejected"];
/** Between two moves; a hundred events in all. */
const BATCHES = { of: 10, each: 2 };
const DIGEST = "a".repeat(64);

export interface Ingest {
  readonly slowedPercent: number;
  readonly rounds: number;
}

/** What an attempt leaves behind: one patch, and what was found out about it. */
async function propose({ scope }: LogPlace, runId: string): Promise<void> {
  const [patchId, blob, commit] = [newId("patch"), "blb_bench", "a".repeat(40)];
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    const written = { attempt: 1, createdAt: new Date(scope.clock.now()) };
    await tx.db.patch.create({
      data: {
        ...{
          id: patchId,
          runId,
          ...written,
          baseCommit: commit,
          baseTree: commit,
          tree: patchId,
          commit: patchId,
        },
        ...{ digest: DIGEST, manifestBlobId: blob, diffBlobId: blob, bundleBlobId: blob },
        ...{ files: [], flags: [], added: 1, removed: 0 },
      },
    });
    tx.record({
      ...{ kind: "run.prepared", about: [`run:${runId}`], charter: run.charterDigest },
      ...{ before: DIGEST, after: DIGEST, detail: { attempt: 1 } },
    });
  });
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    await tx.db.evidence.create({
      data: {
        ...{ id: newId("evidence"), runId, patchId, attempt: 1, runnerId: "rnr_bench", sameHost: false },
        ...{ verdict: "verified", canonical: "{}", digest: DIGEST, createdAt: new Date(scope.clock.now()) },
      },
    });
    tx.record({
      ...{ kind: "run.prepared", about: [`run:${runId}`], charter: run.charterDigest },
      ...{ before: DIGEST, after: DIGEST, detail: { attempt: 1 } },
    });
  });
}

/** A run from its launch to its end as the product writes it: its moves, its batches of events, its patch. */
async function live(place: LogPlace, { launch }: BenchWork): Promise<void> {
  const { scope } = place;
  const { runId } = await launch("Ingest");
  for (const to of WAY) {
    if (to === "in_review") await propose(place, runId);
    await transaction(scope, async (tx) => {
      const run = await lockRun(tx, runId);
      const moved = await moveRun(tx, scope, run, to, "");
      tx.record({ kind: "run.prepared", about: [`run:${runId}`], ...moved, detail: { attempt: 1 } });
    });
    for (let batch = 0; batch < BATCHES.each; batch++)
      await appendBatch(scope, runId, outputEvents(batch, BATCHES.of));
  }
}

export async function measureIngest(
  place: LogPlace,
  work: BenchWork,
  isOver: () => boolean,
): Promise<Ingest> {
  const owner = new pg.Client({ connectionString: place.server.ownerUrl(DATABASE) });
  await owner.connect();
  // One process plays both halves of a life: the web's, and the worker's, which writes patches.
  await owner.query(`grant insert on patch to ${pg.escapeIdentifier(new URL(place.urls.web).username)}`);
  const sample = (state: "enable" | "disable") => async () => {
    for (const [table, trigger] of MOVED)
      await owner.query(`alter table ${table} ${state} trigger ${trigger}`);
    // Every connection looks up the tables anew after that: not what is measured.
    await live(place, work);
    const began = performance.now();
    await live(place, work);
    return performance.now() - began;
  };
  try {
    const samples = await interleave(
      { withFacts: sample("enable"), without: sample("disable") },
      { rounds: 60, warmUp: 3, isOver },
    );
    const rounds = Math.min(samples.withFacts.length, samples.without.length);
    const [facts, none] = [samples.withFacts.slice(0, rounds), samples.without.slice(0, rounds)];
    return { slowedPercent: slowedBy(facts, none), rounds };
  } finally {
    for (const [table, trigger] of MOVED) await owner.query(`alter table ${table} enable trigger ${trigger}`);
    await owner.end();
  }
}
