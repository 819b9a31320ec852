// What the filled pilots stand on, once there is a real one: its charter and its agent, and what its repository was told
// from outside in a year.
import pg from "pg";
import { DATABASE, type LogPlace } from "../log/place.ts";
import type { Filled } from "./fill.ts";

const OWN_TABLES = ["charter", "pilot", "agent"];
const OUTSIDE_TABLES = ["outside_import", "deployment", "outside_ci_run", "page_call"];
const HEX40 = `'${"a".repeat(40)}'`;
const WEEK_OF = (n: string, of: number) => `now() - ${n} * interval '1 second' * (364 * 86400 / ${of})`;

const DEPLOYMENTS = `
  insert into deployment (id, source, external_id, repository_id, environment, production, status, head_sha, started_at,
    finished_at, rollback_of, as_of, import_id)
  select 'dpl_bench' || n, 'bench', n::text, $1, 'production', true, 'succeeded', ${HEX40}, ${WEEK_OF("n", 1500)},
    ${WEEK_OF("n", 1500)}, case when n % 15 = 0 then (n + 1)::text end, now(), 'imp_bench' from generate_series(1, 1500) n`;
const CARRIES = `
  insert into deployment_carries (deployment_id, kind, subject_id)
  select 'dpl_bench' || greatest(1, ceil(extract(epoch from now() - merged_at) / (364 * 86400) * 1500)::int - 1), 'merge', merge_id
  from merge_fact order by merged_at desc limit 5000`;
const CI_RUNS = `
  insert into outside_ci_run (id, source, external_id, repository_id, workflow, started_at, finished_at, conclusion, head_sha, as_of, import_id)
  select 'cir_bench' || n, 'bench', n::text, $1, 'ci' || n % 3, ${WEEK_OF("n", 9000)}, ${WEEK_OF("n", 9000)} + interval '5 minutes',
    case when n % 17 < 2 then 'failure' else 'success' end, ${HEX40}, now(), 'imp_bench' from generate_series(1, 9000) n`;
const CALLS = `
  insert into page_call (id, source, external_id, service, repository_id, about, called_at, as_of, import_id)
  select 'pgc_bench' || n, 'bench', n::text, 'ci', $1, 'tests', ${WEEK_OF("n", 300)}, now(), 'imp_bench' from generate_series(1, 300) n`;

export async function settleFilled(place: LogPlace, filled: Filled, pilotId: string): Promise<void> {
  const owner = new pg.Client({ connectionString: place.server.ownerUrl(DATABASE) });
  await owner.connect();
  const tables = [...OWN_TABLES, ...OUTSIDE_TABLES];
  try {
    const { rows } = await owner.query<{ repository: string }>(
      `select canonical::jsonb #>> '{scope,repositoryId}' as repository from charter where pilot_id = $1`,
      [pilotId],
    );
    const of = [rows[0]?.repository];
    for (const table of tables) await owner.query(`alter table ${table} disable trigger user`);
    await owner.query(
      `insert into charter (id, pilot_id, version, canonical, digest, created_by, created_at)
       select 'cha' || substr(f.pilot, 4), f.pilot, 1, c.canonical, c.digest, c.created_by, c.created_at
       from unnest($1::text[]) as f (pilot) cross join (select * from charter where pilot_id = $2) c`,
      [filled.pilots, pilotId],
    );
    await owner.query("update pilot set active_charter_id = 'cha' || substr(id, 4) where id = any ($1)", [
      filled.pilots,
    ]);
    await owner.query(
      `insert into agent (id, name, driver, created_by, created_at)
       select 'agt_bench' || n, 'bench ' || n, driver, created_by, created_at from agent cross join generate_series(0, 2) n limit 3`,
    );
    await owner.query(
      `insert into outside_import (id, kind, way, source, digest, rows_new, rows_changed, rows_unchanged, recorded_at)
       select 'imp_bench', 'incident', 'api', 'bench', repeat('a', 64), 1, 0, 0, now()`,
    );
    for (const text of [DEPLOYMENTS, CI_RUNS, CALLS]) await owner.query(text, of);
    await owner.query(CARRIES);
    for (const table of tables) await owner.query(`alter table ${table} enable trigger user`);
    await owner.query("vacuum (analyze)");
  } finally {
    await owner.end();
  }
}
