// The operator's order to begin a new epoch: a file in the notary's own folder, which no other process can write. The
// database alone cannot bring one about.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { z } from "zod";
import { messageOf } from "#lib/errors.ts";
import { EMPTY_ROOT } from "#lib/tlog/hashing.ts";
import { type Disk, errnoOf, PRIVATE_FILE } from "./disk.ts";
import { Halt } from "./halt.ts";
import { AWAITS_NUMBER, beginEpoch, type Kept, readHead } from "./numbering/number.ts";
import { type OwnState, originOf, writeOwnState } from "./own-state.ts";

const EpochOrder = z.strictObject({
  logId: z.string().regex(/^[0-9a-f]{16}$/),
  epoch: z.int().min(1),
  /** The entry log.epoch_started, which becomes the first of the epoch; null while it is being written. */
  entryId: z.string().nullable(),
  /** Of each older epoch how many of its first entries stand. All others get a number in the new one. */
  kept: z.record(z.string().regex(/^[1-9]\d{0,8}$/), z.int().min(0)),
});
export type EpochOrder = z.infer<typeof EpochOrder>;

const fileIn = (own: string) => join(own, "order.json");

export async function readOrder(own: string): Promise<EpochOrder | null> {
  try {
    return EpochOrder.parse(JSON.parse(await readFile(fileIn(own), "utf8")));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return null;
    throw new Halt("state_lost", `The order in ${fileIn(own)} cannot be read: ${messageOf(error)}`);
  }
}

export const giveOrder = (disk: Disk, own: string, order: EpochOrder): Promise<void> =>
  disk.replace(fileIn(own), `${JSON.stringify(order)}\n`, PRIVATE_FILE);

export function emptyState(logId: string, epoch: number, signers: readonly string[]): OwnState {
  const root = EMPTY_ROOT.toString("hex");
  const origin = originOf(logId, epoch);
  return { version: 1, logId, epoch, origin, size: 0, root, edge: [], last: null, signers: [...signers] };
}

const PENDING =
  "An operator is beginning a new epoch. Where that was interrupted, the same command finishes it.";

async function awaitsNumber(client: pg.ClientBase, entryId: string, kept: Kept): Promise<boolean> {
  const { rowCount } = await client.query(AWAITS_NUMBER, [entryId, JSON.stringify(kept)]);
  return rowCount === 1;
}

/** Each step can be repeated: database first, then the own state, then the order is gone. Returns the state. */
export async function followOrder(
  client: pg.ClientBase,
  disk: Disk,
  own: string,
  before: OwnState | null,
  order: EpochOrder,
): Promise<OwnState> {
  if (before && before.epoch >= order.epoch) {
    await rm(fileIn(own));
    return before;
  }
  const head = await readHead(client, 0);
  if (!head || head.epoch < order.epoch) {
    const { entryId, kept, epoch, logId } = order;
    if (entryId === null || !(await awaitsNumber(client, entryId, kept)))
      throw new Halt("database_disagrees", PENDING);
    await beginEpoch(client, epoch, originOf(logId, epoch), kept, entryId);
  }
  const state = emptyState(order.logId, order.epoch, before?.signers ?? []);
  await writeOwnState(disk, own, state);
  await rm(fileIn(own));
  return state;
}
