// Each week that is over becomes a pack, once, however long nobody looked. By the clock: a week ends without an entry.
import { DAY } from "../clock.ts";
import { type Db, read, type Tx, transaction } from "../db.ts";
import { voidGate } from "../gates/open-gate.ts";
import { newId } from "../ids.ts";
import { addresseesOf } from "../notices/addressees.ts";
import type { NoticeEvent } from "../notices/schema.ts";
import { writeNotices } from "../notices/write-notices.ts";
import { dayIn } from "../pilots/rules.ts";
import { findActiveCharter, lockedPilot } from "../pilots/service.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { canonicalText } from "../record/rules.ts";
import type { Scope } from "../scope.ts";
import { composePack } from "./compose.ts";
import { dueWeek, packDays } from "./rules.ts";
import { findLatestPack, insertPack, type PackRow, selectOpenGates, selectPacked } from "./store.ts";

/** How many packs were new. A pilot whose week cannot be packed keeps no other waiting. */
export async function packWeeks(scope: Scope): Promise<number> {
  const failures: unknown[] = [];
  let packs = 0;
  for (const { id } of await read(scope, selectPacked)) {
    try {
      while (await packNext(scope, id)) packs += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, "Some weeks could not be packed; the others were.");
  return packs;
}

interface Composed {
  readonly pack: Omit<PackRow, "decision" | "reason" | "decidedAt" | "gateId">;
  readonly charter: string;
}

/** Composed without a lock, which takes as long as it takes; written where nobody else was faster. */
async function packNext(scope: Scope, pilotId: string): Promise<boolean> {
  const composed = await read(scope, (db) => composeNext(db, scope.clock.now(), pilotId));
  if (!composed) return false;
  const { pack, charter } = composed;
  return transaction(scope, async (tx) => {
    const { status } = await lockedPilot(tx, pilotId);
    const last = await findLatestPack(tx.db, pilotId);
    // Ended meanwhile, or packed by another worker.
    if ((status !== "active" && status !== "paused") || (last?.number ?? 0) !== pack.number - 1) return false;
    await insertPack(tx.db, pack);
    const { id, number, digest } = pack;
    tx.record({
      kind: "pilot.week_packed",
      about: [`pilot:${pilotId}`],
      charter,
      detail: { pack: id, number, digest },
    });
    if (last && last.decision === null) await nameOverdue(tx, scope, last);
    return true;
  });
}

async function composeNext(db: Db, now: number, pilotId: string): Promise<Composed | null> {
  const pilot = await db.pilot.findUnique({ where: { id: pilotId } });
  const inForce = await findActiveCharter(db, pilotId);
  const activatedAt = pilot?.activatedAt;
  if (!pilot || !inForce || !activatedAt) return null;
  const days = packDays(inForce.charter.kpis.cadence);
  if (days === null) return null;
  const { timeZone } = pilot;
  const before = await findLatestPack(db, pilotId);
  const week = dueWeek(before, {
    ...{ activatedOn: dayIn(timeZone, activatedAt.getTime()), today: dayIn(timeZone, now), days },
  });
  if (!week) return null;
  const packId = newId("weekly_pack", now);
  const composed = await composePack(db, {
    ...{ packId, pilot: { ...pilot, activatedAt }, inForce, week, before, now },
  });
  const document = canonicalText(composed);
  const digest = sha256Hex(Buffer.from(document, "utf8"));
  const pack = { id: packId, pilotId, ...week, document, digest, packedAt: new Date(now) };
  return { pack, charter: inForce.digest };
}

/** Its question is moot once another week is asked about; the owners are told that nobody answered it. */
async function nameOverdue(tx: Tx, scope: Scope, { id, pilotId, number, packedAt }: PackRow): Promise<void> {
  for (const gate of await selectOpenGates(tx.db, pilotId))
    await voidGate(tx, scope, gate.id, `Week ${number + 1} was packed before enough people had signed.`);
  const now = scope.clock.now();
  // Packed just now, with others that had passed: nobody was late.
  if (now - packedAt.getTime() < DAY) return;
  const event: NoticeEvent = {
    ...{ kind: "review_due", key: `week:${id}:overdue`, pilotId, at: now, grave: false },
    facts: { overdueWeek: number },
  };
  await writeNotices(tx, scope, event, await addresseesOf(tx.db, event, now));
}
