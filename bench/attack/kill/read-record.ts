// Reads everything back as owner, when the load is over: the judge's only source besides the memory.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { SECOND, systemClock } from "#lib/clock.ts";
import type { LogPlace } from "../../log/place.ts";
import type { BlobRow, EventRow, GateRow, LeafRow, WrittenRecord } from "./judge.ts";

const PATIENCE = 30 * SECOND;

async function untilNumbered(client: pg.Client): Promise<number> {
  const deadline = systemClock.now() + PATIENCE;
  for (;;) {
    const { rows } = await client.query<{ count: number }>(
      "select count(*)::int as count from log_entry e where not exists (select from log_leaf l where l.entry_id = e.id)",
    );
    const count = rows[0]?.count ?? 0;
    if (count === 0 || systemClock.now() > deadline) return count;
    await systemClock.sleep(50);
  }
}

async function blobRows(client: pg.Client, folder: string): Promise<BlobRow[]> {
  const { rows } = await client.query<Omit<BlobRow, "bytes">>(
    "select id, commitment, salt from blob order by id",
  );
  const withBytes = rows.map(async (row) => {
    const bytes = await readFile(join(folder, row.id.slice(-2), row.id)).catch(() => null); // the judge says so
    return { ...row, bytes };
  });
  return Promise.all(withBytes);
}

/** Waits until the notary has numbered everything, or for half a minute. */
export async function readRecord({ urls, layout }: LogPlace): Promise<WrittenRecord> {
  const client = new pg.Client({ connectionString: urls.owner });
  await client.connect();
  try {
    const unnumbered = await untilNumbered(client);
    const leaves = await client.query<Omit<LeafRow, "index"> & { index: string }>(
      `select l.epoch, l.index::text, l.entry_id as "entryId", e.body from log_leaf l join log_entry e on e.id = l.entry_id
       order by l.position`,
    );
    const events = await client.query<Omit<EventRow, "at"> & { at: Date }>(
      `select run_id as "runId", seq, attempt, at, observed_by as "observedBy", kind, body, salt from run_event
       order by run_id, seq`,
    );
    const gates = await client.query<GateRow>(
      `select g.id, g.document, g.digest, c.canonical as charter, c.digest as "charterDigest",
         array(select a.digest from approval a where a.gate_id = g.id) as "approvedDigests"
       from gate g join charter c on c.id = g.charter_id order by g.id`,
    );
    return {
      leaves: leaves.rows.map((row) => ({ ...row, index: Number(row.index) })),
      unnumbered,
      events: events.rows.map((row) => ({ ...row, at: row.at.toISOString() })),
      gates: gates.rows,
      blobs: await blobRows(client, layout.blobs),
    };
  } finally {
    await client.end();
  }
}
