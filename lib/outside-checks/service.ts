import { type Db, read } from "../db.ts";
import { namesOf } from "../people/service.ts";
import { charterOf, findActiveCharter } from "../pilots/service.ts";
import { canonicalText } from "../record/rules.ts";
import type { Scope } from "../scope.ts";
import { boundChecks, requiredChecks } from "./rules.ts";
import { type BoundCheck, CheckDocument, type ChecksView } from "./schema.ts";
import {
  type CheckRow,
  selectLatest,
  selectNewest,
  selectReporters,
  selectTexts,
  takeText,
} from "./store.ts";

/** What a decision on the patch's merge is bound to. */
export async function checksBound(
  db: Db,
  patchId: string,
  required: readonly string[],
): Promise<BoundCheck[]> {
  return boundChecks(required, await selectNewest(db, patchId));
}

/** Who reported about the patches of each run, and who answers for them. */
export const reportersOf = (
  db: Db,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => selectReporters(db, runIds);

const SHOWN = 200;

/** For the review page. The caller has checked the run's visibility. */
export async function listChecks(
  scope: Scope,
  { runId, patchId }: { readonly runId: string; readonly patchId: string },
): Promise<ChecksView> {
  const { rows, newest, required } = await read(scope, async (db) => {
    const run = await db.run.findUniqueOrThrow({
      where: { id: runId },
      select: { charterId: true, pilotId: true },
    });
    const inForce = await findActiveCharter(db, run.pilotId);
    const required = requiredChecks(await charterOf(db, run.charterId), inForce?.charter);
    const rows = await selectLatest(db, patchId, SHOWN);
    return { rows, newest: await selectNewest(db, patchId), required };
  });
  const current = new Map(newest.map(({ id, source }) => [source, id]));
  const names = await namesOf(
    scope,
    rows.map(({ reportedBy }) => reportedBy),
  );
  return {
    missing: required.filter((source) => !current.has(source)),
    reports: rows.map((row) => ({
      ...{ id: row.id, source: row.source, verdict: row.verdict, reportedAt: row.reportedAt },
      isRequired: required.includes(row.source),
      isOutdated: current.get(row.source) !== row.id,
      reporterName: names.get(row.reportedBy) ?? row.reportedBy,
      document: documentOf(row),
    })),
  };
}

function documentOf({ salt, canonical }: CheckRow): CheckDocument | null {
  return salt === null ? null : CheckDocument.parse(JSON.parse(canonical));
}

/** Takes what was said about a run's patches, and the salts. `left`: what stays of a text. Returns how many commitments that were. */
export async function takeChecks(db: Db, runId: string, left: (said: unknown) => unknown): Promise<number> {
  const rows = await selectTexts(db, runId);
  for (const { id, canonical } of rows) await takeText(db, id, canonicalText(left(JSON.parse(canonical))));
  return rows.length;
}
