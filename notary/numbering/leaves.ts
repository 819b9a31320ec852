// Reads back what was numbered. An entry's hash is computed where its bytes are; whoever reads it computes it again.
import type pg from "pg";
import { leafHash } from "#lib/tlog/hashing.ts";
import { Halt } from "../halt.ts";

export interface Leaf {
  readonly hash: Buffer;
  readonly body: Buffer;
}

interface LeafRow {
  readonly index: string;
  readonly hash: Buffer;
  /** Null where the entry is gone. */
  readonly body: Buffer | null;
}

const PIECE = 2048;

export const LEAVES = `select l.index::text, l.hash, e.body from log_leaf l left join log_entry e on e.id = l.entry_id
  where l.epoch = $1 and l.index >= $2 and l.index < $3 order by l.index`;

/** The numbered entries from `from` up to but not including `to`, in pieces. Throws Halt where one is not what was numbered. */
export async function* leavesOf(
  client: pg.ClientBase,
  epoch: number,
  from: number,
  to: number,
): AsyncGenerator<Leaf[]> {
  for (let next = from; next < to; ) {
    const { rows } = await client.query<LeafRow>(LEAVES, [epoch, next, Math.min(to, next + PIECE)]);
    const wrong = () =>
      new Halt("database_disagrees", `Entry ${next} is not what was numbered: the database was edited.`);
    if (rows.length === 0) throw wrong();
    const leaves: Leaf[] = [];
    for (const { index, hash, body } of rows) {
      if (Number(index) !== next || !body || !leafHash(body).equals(hash)) throw wrong();
      leaves.push({ hash, body });
      next += 1;
    }
    yield leaves;
  }
}
