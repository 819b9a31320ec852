// The entry that binds an event: where its proof is.
import { read } from "../../db.ts";
import { notFound } from "../../errors.ts";
import { detailOf } from "../../record/rules.ts";
import type { Scope } from "../../scope.ts";
import { type BatchEntry, findSpan, selectBatches, selectNewestBatches } from "../proof-store.ts";
import { readableEntry } from "../rules.ts";

/** What the index may be behind, and much more. */
const NEWEST = 5000;

/** Id of the entry whose batch holds the event. The caller has checked that the scope may see the run. Throws not found. */
export async function findEventEntry(scope: Scope, runId: string, seq: number): Promise<string> {
  const found = await read(scope, async (db) => {
    const span = await findSpan(db, runId, seq);
    const near = binding(await selectBatches(db, runId, span), seq);
    if (near) return near;
    const isNarrowed = span.from !== null || span.to !== null;
    const indexed = isNarrowed
      ? binding(await selectBatches(db, runId, { from: null, to: null }), seq)
      : null;
    return indexed ?? binding(await selectNewestBatches(db, runId, NEWEST), seq);
  });
  if (!found) throw notFound("entry");
  return found.id;
}

const binding = (batches: readonly BatchEntry[], seq: number): BatchEntry | null =>
  batches.find(({ body }) => {
    const entry = readableEntry(body);
    const { from, to } = (entry && detailOf("run.events_appended", entry)) ?? entry?.detail ?? {};
    return typeof from === "number" && typeof to === "number" && from <= seq && seq <= to;
  }) ?? null;
