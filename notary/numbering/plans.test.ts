// No statement of a round, or of what runs beside it, reads more than it is about, whatever the statistics say.
import type pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type NotaryScene, notaryScene } from "#lib/testing/notary-scene.ts";
import { AUDITED } from "../housekeeping.ts";
import { LEAVES } from "./leaves.ts";
import { AWAITS_NUMBER, FRESH, HEAD, PIECE, STATE } from "./number.ts";

const SIZE = 40_000;
const LATE = 20;
const FRESHLY = 100;
const OPEN = "777";

let scene: NotaryScene;
let owner: pg.Pool;

beforeEach(async () => {
  scene = await notaryScene();
  owner = scene.database.owner;
  for (const table of ["log_entry", "log_leaf", "notary_state", "log_epoch"])
    await owner.query(`alter table ${table} set (autovacuum_enabled = false)`);
});
afterEach(() => scene.end());

/** Years of entries; in the middle those of a transaction that was open for long. */
async function fill(): Promise<void> {
  await owner.query(
    `insert into log_entry (id, xid, seq, kind, about, body)
     select 'ent_old' || n, case when n between $1 / 2 and $1 / 2 + $2 - 1 then $3 else '3' end::xid8, n, 'test', '{}',
       convert_to(repeat(md5(n::text), 10), 'UTF8') from generate_series(1, $1::int) n`,
    [SIZE, LATE, OPEN],
  );
  await owner.query("select setval('log_entry_seq_seq', $1)", [SIZE]);
  await owner.query(
    `insert into log_leaf select row_number() over (order by seq) - 1, 1, row_number() over (order by seq) - 1, id, at,
       sha256('\\x00'::bytea || body) from log_entry where xid <> $1`,
    [OPEN],
  );
  await owner.query("insert into log_epoch (epoch, origin, started_at) values (1, 'pilothouse/0/1', now())");
  await owner.query(
    `insert into notary_state (id, epoch, size, position, floor, open, at)
     values (1, 1, $1::int - $2::int, $1::int - $2::int, $1, array[$3]::xid8[], now())`,
    [SIZE, LATE, OPEN],
  );
}

const grow = () => scene.append(...Array.from({ length: FRESHLY }, (_, at) => `new ${at}`));
const analyze = () => owner.query("analyze log_entry, log_leaf, notary_state, log_epoch");

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly Plans?: readonly Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** How many rows of the two large tables were looked at, and how. */
async function reading(sql: string, values: unknown[]): Promise<{ rows: number; scans: string[] }> {
  const { client } = scene;
  await client.query("begin isolation level repeatable read");
  const { rows } = await client.query(`explain (analyze, format json) ${sql}`, values);
  await client.query("rollback");
  const large = nodesOf(rows[0]["QUERY PLAN"][0].Plan).filter(
    (node) =>
      ["log_entry", "log_leaf"].includes(node["Relation Name"] ?? "") && node["Node Type"] !== "ModifyTable",
  );
  const looked = large.map(
    (node) =>
      (node["Actual Rows"] +
        (node["Rows Removed by Filter"] ?? 0) +
        (node["Rows Removed by Index Recheck"] ?? 0)) *
      node["Actual Loops"],
  );
  return {
    rows: looked.reduce((sum, one) => sum + one, 0),
    scans: [...new Set(large.map((node) => node["Node Type"]))],
  };
}

const SCANS = ["Index Scan", "Index Only Scan"];
const TAKING = [SIZE + FRESHLY + 1000, []];

const foreign = async () => {
  await owner.query("alter table log_entry disable trigger append_only");
  await owner.query("update log_entry set xid = '4000000000' where xid <> $1", [OPEN]);
  await owner.query("alter table log_entry enable trigger append_only");
};

describe.each([
  ["were never gathered", () => [fill, grow]],
  ["were gathered when there was nothing", () => [analyze, fill, grow]],
  ["are of before the newest entries", () => [fill, analyze, grow]],
  ["are fresh", () => [fill, grow, analyze]],
  ["know only transaction ids of another server", () => [fill, foreign, analyze, grow]],
] as const)("where statistics %s", (_, arrange) => {
  test("every statement looks at what it is about, by an index", async () => {
    for (const act of arrange()) await act();
    const about = FRESHLY + LATE;
    const read = async (sql: string, values: unknown[], most: number) => {
      const { rows, scans } = await reading(sql, values);
      expect(scans.filter((scan) => !SCANS.includes(scan))).toEqual([]);
      expect(rows).toBeLessThanOrEqual(most);
    };
    await read(HEAD, [SIZE - LATE - 1], 1);
    await read(FRESH, [SIZE, [OPEN, "778", "779"]], LATE);
    await read(FRESH, [SIZE + FRESHLY + 1000, ["778", "779"]], 0);
    await read(STATE, [1], 1);
    const place = [1, SIZE - LATE, SIZE - LATE, "{}"];
    await read(PIECE, [[OPEN, "778"], SIZE, -1, 20_000, ...TAKING, ...place], 2 * about);
    await read(PIECE, [[OPEN, "778"], SIZE, -1, 10, ...TAKING, ...place], 2 * LATE + 20);
    await read(PIECE, [[], SIZE, SIZE + 10, 20, ...TAKING, ...place], 60);
    await read(PIECE, [[], 0, 1000, 100, ...TAKING, ...place], 300); // of a backlog of all
    await read(LEAVES, [1, SIZE - LATE - 50, SIZE], 100);
    await read(AUDITED, [SIZE / 2, 500], 1000);
    await read(AWAITS_NUMBER, ["ent_new 3", "{}"], 2);
  });
});
