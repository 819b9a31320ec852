import type { Db } from "../db.ts";
import type { ControlId, LastShown, ProofResult, ProofView } from "./schema.ts";

/** One round at a time is asked for. */
export async function lockRounds(db: Db): Promise<void> {
  await db.$executeRaw`select pg_advisory_xact_lock(hashtext('control tests'))`;
}

export interface RoundRow {
  readonly id: string;
  readonly askedAt: Date;
  readonly endedAt: Date | null;
}

export async function insertRound(
  db: Db,
  row: { readonly id: string; readonly askedBy: string; readonly askedAt: Date },
): Promise<void> {
  await db.controlTest.create({ data: { ...row, state: "waiting" } });
}

export const findWaitingRound = (db: Db): Promise<RoundRow | null> =>
  db.controlTest.findFirst({ where: { state: "waiting" }, orderBy: [{ askedAt: "asc" }, { id: "asc" }] });

export const findLatestRound = (db: Db): Promise<RoundRow | null> =>
  db.controlTest.findFirst({ orderBy: [{ askedAt: "desc" }, { id: "desc" }] });

/** False when another worker ended it. */
export async function endRound(db: Db, id: string, endedAt: Date): Promise<boolean> {
  const { count } = await db.controlTest.updateMany({
    where: { id, state: "waiting" },
    data: { state: "done", endedAt },
  });
  return count === 1;
}

export interface ProofRow extends ProofView {
  readonly control: ControlId;
}

export async function insertProofs(db: Db, rows: readonly ProofRow[]): Promise<void> {
  await db.controlProof.createMany({ data: [...rows] });
}

interface LatestRow {
  readonly control: string;
  readonly testId: string;
  readonly at: Date;
  readonly result: ProofResult;
  readonly sentence: string;
  readonly milliseconds: number;
  readonly heldAt: Date | null;
  readonly shown: LastShown | null;
}

/** The newest proof of each control, what it showed when it could last be tried, and when it last held. */
export async function selectLatest(db: Db): Promise<LatestRow[]> {
  return db.$queryRaw<LatestRow[]>`
    select distinct on (p.control) p.control, p.test_id as "testId", p.at, p.result, p.sentence, p.milliseconds,
      (select max(h.at) from control_proof h where h.control = p.control and h.result = 'holds') as "heldAt",
      (select jsonb_build_object('result', s.result, 'sentence', s.sentence) from control_proof s
        where s.control = p.control and s.result <> 'not_run' order by s.at desc, s.test_id desc limit 1) as shown
    from control_proof p order by p.control, p.at desc, p.test_id desc`;
}
