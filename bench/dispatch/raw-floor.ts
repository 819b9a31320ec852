// The floor: one row inserted with a NOTIFY, heard on a second connection and claimed there with SKIP LOCKED.
import pg from "pg";

export interface RawFloor {
  /** Milliseconds from the insert to the claim. */
  insertToClaim(): Promise<number>;
  /** Milliseconds from a NOTIFY to its listener. */
  notifyToListener(): Promise<number>;
  close(): Promise<void>;
}

const TABLE = `create table if not exists bench_floor (id bigserial primary key, claimed boolean not null default false)`;
const INSERT = `with row as (insert into bench_floor default values returning id)
  select pg_notify('bench_row', id::text) from row`;
const CLAIM = `update bench_floor set claimed = true where id =
  (select id from bench_floor where not claimed order by id limit 1 for update skip locked) returning id`;

/** `connectionString`: of a role that may create a table. */
export async function openRawFloor(connectionString: string): Promise<RawFloor> {
  const [writer, reader] = [0, 1].map(() => new pg.Client({ connectionString })) as [pg.Client, pg.Client];
  await Promise.all([writer.connect(), reader.connect()]);
  await writer.query(TABLE);
  for (const channel of ["bench_row", "bench_bell"]) await reader.query(`listen ${channel}`);
  const heard = () => new Promise<void>((resolve) => reader.once("notification", () => resolve()));
  return {
    async insertToClaim() {
      const began = performance.now();
      const wake = heard();
      await Promise.all([writer.query(INSERT), wake]);
      const { rowCount } = await reader.query(CLAIM);
      if (rowCount !== 1) throw new Error("The floor's row was not there.");
      return performance.now() - began;
    },
    async notifyToListener() {
      const began = performance.now();
      const wake = heard();
      const said = writer.query("select pg_notify('bench_bell', '')");
      await wake;
      const elapsed = performance.now() - began;
      await said;
      return elapsed;
    },
    close: async () => void (await Promise.all([writer.end(), reader.end()])),
  };
}
