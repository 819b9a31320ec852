// The inbox of a lead for whom ten thousand gates wait: the page as the web process sends it, and the rows alone.
import pg from "pg";
import { HOUR } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { openGate } from "#lib/gates/open-gate.ts";
import type { BenchPlane } from "../place/plane.ts";
import type { BenchWork } from "../place/work.ts";

/** A run has one open merge gate at most; its agent may have asked for more besides. */
const RUNS = 2000;
const GATES = 10_000;
const BATCH = 100;

/** Gates opened as the product opens them, with their entries, on runs that were launched. */
export async function fillInbox({ lead, pilotId, launch }: BenchWork): Promise<number> {
  const runs: string[] = [];
  for (let at = 0; at < RUNS; at++) runs.push((await launch(`Mend the tests of part ${at}`)).runId);
  for (let from = 0; from < GATES; from += BATCH) {
    await transaction(lead, async (tx) => {
      for (let at = from; at < from + BATCH; at++) {
        const runId = runs[at % RUNS] ?? "";
        await openGate(tx, lead, {
          ...{ kind: at < RUNS ? "merge" : "command", pilotId, runId },
          document: { decides: "merge", run: runId, baseCommit: "a".repeat(40), evidence: [], number: at },
          rule: { needed: 2, roles: ["engineering_lead", "security_lead"], barred: [] },
          expiresAt: new Date(lead.clock.now() + (24 + at / 100) * HOUR),
        });
      }
    });
  }
  return GATES;
}

/** What autovacuum does within a minute of so many new rows, and would do in the middle of what is measured. */
export async function settle({ urls }: BenchPlane): Promise<void> {
  const client = new pg.Client({ connectionString: urls.owner });
  await client.connect();
  try {
    await client.query("vacuum (analyze) gate, run, log_entry");
  } finally {
    await client.end();
  }
}

/** Milliseconds until the whole page has come. */
export async function pageOnce({ url }: BenchPlane, { cookie }: BenchWork): Promise<number> {
  const began = performance.now();
  const answer = await fetch(`${url}/inbox`, { headers: { cookie: `${cookie.name}=${cookie.value}` } });
  const text = await answer.text();
  const took = performance.now() - began;
  if (answer.status !== 200 || !text.includes("Mend the tests of part"))
    throw new Error(`The inbox answered ${answer.status} without its gates.`);
  return took;
}

export interface Rows {
  once(): Promise<number>;
  close(): Promise<void>;
}

/** The open gates of one page by the index, nothing else. */
export async function openRows({ urls }: BenchPlane): Promise<Rows> {
  const client = new pg.Client({ connectionString: urls.web });
  await client.connect();
  return {
    once: async () => {
      const began = performance.now();
      await client.query("select * from gate where status = 'open' order by expires_at limit 50");
      return performance.now() - began;
    },
    close: () => client.end(),
  };
}
