// A new epoch after a restore: its first entry says what was signed before, how much of it the database still holds, and
// what is lost. The order lies in the notary's own folder, so the database alone cannot bring one about.
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import type pg from "pg";
import { type Clock, SECOND } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { type AppError, refused } from "#lib/errors.ts";
import { reasonDetail } from "#lib/record/reason.ts";
import { parseCheckpoint } from "#lib/tlog/checkpoint.ts";
import { openNote } from "#lib/tlog/note.ts";
import { errnoOf, realDisk } from "#notary/disk.ts";
import { type Kept, readHead } from "#notary/numbering/number.ts";
import { giveOrder } from "#notary/order.ts";
import { originOf, readOwnState } from "#notary/own-state.ts";
import { readPublished } from "#notary/publish.ts";
import { commonPrefix, idInBundle } from "./compare.ts";
import type { Operator } from "./operator.ts";

interface OldLog {
  readonly logId: string;
  readonly epoch: number;
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly checkpointSha256: string;
  /** False where only the published checkpoint is left of the notary's memory. */
  readonly isRemembered: boolean;
}

async function newestEpoch(log: string): Promise<number> {
  const names = await readdir(log);
  return Math.max(0, ...names.filter((name) => /^[1-9]\d{0,8}$/.test(name)).map(Number));
}

/** What was signed last: by the notary's own state, or where that is lost by what it published. */
async function readOld({ folders }: Operator): Promise<OldLog> {
  const state = await readOwnState(folders.own).catch((error: AppError) => {
    if (errnoOf(error.cause) !== null) throw error; // it is there, and this user or this disk does not give it
    return null; // what cannot be understood is as good as lost
  });
  const epoch = state?.epoch ?? (await newestEpoch(folders.log));
  const note = await readPublished(folders.log, epoch);
  if (note === null) throw refused("No checkpoint was published yet, so there is nothing to go on from.");
  const published = parseCheckpoint(openNote(note).text);
  const logId = state?.logId ?? published.origin.split("/")[1] ?? "";
  return {
    logId,
    epoch,
    origin: published.origin,
    size: state?.size ?? published.size,
    root: state?.root ?? published.root.toString("hex"),
    checkpointSha256: createHash("sha256").update(note, "utf8").digest("hex"),
    isRemembered: state !== null,
  };
}

/** What was signed of an older epoch, as far as its folder still says. */
async function signedOf(log: string, epoch: number): Promise<number> {
  const note = await readPublished(log, epoch);
  return note === null ? 0 : parseCheckpoint(openNote(note).text).size;
}

/** How much of each older epoch stands. Whatever else the database holds gets a number in the new one. */
async function keptOf(client: pg.ClientBase, log: string, old: OldLog, kept: number): Promise<Kept> {
  const { rows } = await client.query<{ epoch: number }>("select epoch from log_epoch order by epoch");
  const all: Record<string, number> = { [old.epoch]: kept };
  for (const { epoch } of rows) {
    if (epoch !== old.epoch)
      all[epoch] = await commonPrefix(client, log, { epoch, size: await signedOf(log, epoch) });
  }
  return all;
}

async function refuseWhereAgreed(client: pg.ClientBase, old: OldLog, kept: number): Promise<void> {
  const head = await readHead(client, old.size - 1);
  const isSame = head?.epoch === old.epoch && head.origin === old.origin && head.size >= old.size;
  if (old.isRemembered && isSame && kept === old.size)
    throw refused(`The database holds all ${old.size} entries that were signed: the log goes on as it is.`);
}

async function recordStart(
  { scope, folders }: Operator,
  client: pg.ClientBase,
  old: OldLog,
  kept: number,
  reason: string,
): Promise<string> {
  const isLost = kept < old.size;
  const detail = {
    old_origin: old.origin,
    old_size: old.size,
    old_root: old.root,
    checkpoint_sha256: old.checkpointSha256,
    kept,
    lost_from: isLost ? kept : null,
    lost_to: isLost ? old.size - 1 : null,
    lost_first: isLost ? await idInBundle(folders.log, old, kept) : null,
    lost_last: isLost ? await idInBundle(folders.log, old, old.size - 1) : null,
    ...reasonDetail(reason),
  };
  await transaction(scope, async (tx) =>
    tx.record({ kind: "log.epoch_started", about: [`log:${old.logId}`], detail }),
  );
  const { rows } = await client.query<{ id: string; body: Buffer }>(
    "select id, body from log_entry where kind = 'log.epoch_started' order by seq desc limit 10",
  );
  const own = rows.find(({ body }) => body.includes(`"request":"${scope.requestId}"`));
  if (!own) throw refused("The entry that begins the epoch cannot be found again; run this command again.");
  return own.id;
}

/** Longer than any round that does not number a backlog takes. */
const STANDSTILL = 2 * SECOND;

export interface StartedEpoch {
  readonly epoch: number;
  readonly origin: string;
  readonly old: OldLog;
  readonly kept: number;
}

/** `client` may read the record; the notary takes the order in its next round, or when it is started. */
export async function startEpoch(
  operator: Operator,
  client: pg.ClientBase,
  clock: Clock,
  reason: string,
): Promise<StartedEpoch> {
  const { folders } = operator;
  const old = await readOld(operator);
  await refuseWhereAgreed(client, old, await commonPrefix(client, folders.log, old));
  const { rows } = await client.query<{ epoch: number }>(
    "select coalesce(max(epoch), 0) as epoch from log_epoch",
  );
  const epoch = Math.max(old.epoch, await newestEpoch(folders.log), rows[0]?.epoch ?? 0) + 1;
  // The notary stands still from here on, so that the entry is numbered in no other epoch.
  await giveOrder(realDisk, folders.own, { logId: old.logId, epoch, entryId: null, kept: {} });
  await clock.sleep(STANDSTILL);
  const kept = await commonPrefix(client, folders.log, old);
  const entryId = await recordStart(operator, client, old, kept, reason);
  const all = await keptOf(client, folders.log, old, kept);
  await giveOrder(realDisk, folders.own, { logId: old.logId, epoch, entryId, kept: all });
  return { epoch, origin: originOf(old.logId, epoch), old, kept };
}
