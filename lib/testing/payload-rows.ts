// What the database holds of a run's payloads, read and written as its owner.
import { storedBatch } from "../events/proof.ts";
import { listStoredEvents } from "../events/service.ts";
import type { Scope } from "../scope.ts";
import type { TestDatabase } from "./database.ts";
import { entriesAbout } from "./journey.ts";

/** Everything the database holds of the run, as text. */
export async function storedText(database: TestDatabase, runId: string): Promise<string> {
  const { rows } = await database.owner.query(
    `select (select string_agg(body::text, ' ') from run_event where run_id = $1) as events,
       (select string_agg(text, ' ') from event_text where run_id = $1) as words,
       (select string_agg(canonical, ' ') from evidence where run_id = $1) as evidence,
       (select concat(summary::text, reason, task, encode(task_salt, 'hex')) from run where id = $1) as run,
       (select string_agg(convert_from(bytes, 'UTF8'), ' ') from model_item where run_id = $1) as items,
       (select string_agg(convert_from(bytes, 'UTF8'), ' ') from model_output where run_id = $1) as outputs,
       (select string_agg(files::text || flags::text, ' ') from patch where run_id = $1) as patch`,
    [runId],
  );
  return JSON.stringify(rows);
}

export async function bundleBlobOf(database: TestDatabase, runId: string): Promise<string | null> {
  const { rows } = await database.owner.query("select bundle_blob_id as id from run where id = $1", [runId]);
  return rows[0]?.id ?? null;
}

/** A commit that was built for a merge of the run, as the mirror's step looks for. */
export async function insertMerge(database: TestDatabase, run: string): Promise<void> {
  await database.owner.query("alter table merge disable trigger governed");
  await database.owner.query(
    `insert into merge (id, run_id, gate_id, patch_id, state, target_ref, expected_old, message, new_commit, created_at)
     select 'mrg_' || $1, $1, 'gat_' || $1, id, 'refused', 'refs/heads/main', base_commit, 'm', commit, now()
     from patch where run_id = $1`,
    [run],
  );
  await database.owner.query("alter table merge enable trigger governed");
}

/** The root each batch's entry names, and the one that its rows give now. */
export async function batchRoots(
  database: TestDatabase,
  scope: Scope,
  runId: string,
): Promise<[unknown, string | undefined][]> {
  const batches = (await entriesAbout(database, `run:${runId}`)).filter(
    ({ kind }) => kind === "run.events_appended",
  );
  return Promise.all(
    batches.map(async ({ detail }) => {
      const events = await listStoredEvents(scope, runId, Number(detail.from), Number(detail.to));
      return [detail.root, storedBatch(events)?.root.toString("hex")] as [unknown, string | undefined];
    }),
  );
}
