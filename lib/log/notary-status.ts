// How the log itself is: how far it is signed, who has seen it, and what the notary or a follower found wrong.
import { type Db, read, type Tx } from "../db.ts";
import { refused } from "../errors.ts";
import { followerAlarms, hasFollowerAlarm } from "../followers/service.ts";
import type { Scope } from "../scope.ts";
import {
  type AlarmRow,
  findEpoch,
  findIndexed,
  selectAlarms,
  selectBrief,
  selectWitnesses,
} from "./notary-status-store.ts";
import { signaturesOf } from "./proof.ts";
import { findCheckpoint } from "./proof-store.ts";
import { readableLogs } from "./rules.ts";
import { type AlarmView, DISPUTES, type LogState } from "./schema.ts";
import { WAITING_SHOWN } from "./service.ts";
import { countNumbered, selectWaiting } from "./store.ts";

/** In words, by the notary's kinds; a kind that is not here is shown by its name. */
const TITLES: Readonly<Record<string, string>> = {
  database_disagrees: "The database does not hold what was signed. It was edited, or restored from a backup.",
  tiles_disagree: "Files of the log are lost or were changed. Nothing is signed until they are as they were.",
  state_lost: "The notary has lost what it remembers of the log. Nothing is signed.",
  key_missing: "A key that signed the log is missing.",
  disk: "The files of the log cannot be written. Nothing is signed.",
  witness_refused: "A witness refuses this log: it has seen another one under the same name.",
  entry_unnumbered: "An entry that was written long ago has no number.",
  database_refuses: "The database refuses statements of the notary that it should not.",
};

const stopsMerges = (kind: string): boolean => DISPUTES.some((dispute) => dispute === kind);

function alarmView({ kind, detail, since }: AlarmRow, mayRead: boolean): AlarmView {
  const title = TITLES[kind] ?? `The notary raised the alarm “${kind}”.`;
  return { kind, title, detail: mayRead ? detail : null, since, stopsMerges: stopsMerges(kind) };
}

const alarmsFor = async (db: Db, scope: Scope): Promise<AlarmView[]> => {
  const visible = readableLogs(scope.grants);
  const mayRead = visible === "all" || visible.length > 0;
  const rows = await selectAlarms(db);
  const ofFollowers = (await followerAlarms(db)).map((alarm) => ({
    ...{ ...alarm, detail: mayRead ? alarm.detail : null, stopsMerges: false },
  }));
  return [...rows.map((row) => alarmView(row, mayRead)), ...ofFollowers];
};

/** Alarms of the notary and of whoever follows the log, for everybody: they concern what everybody relies on. */
export async function logHealth(scope: Scope): Promise<readonly AlarmView[]> {
  return read(scope, (db) => alarmsFor(db, scope));
}

export interface LogBrief {
  readonly entries: number;
  readonly isAlarmed: boolean;
  /** When a witness last signed a checkpoint; null where none has. */
  readonly witnessedAt: Date | null;
}

/** What every page says about the log, for who may read it. */
export async function getLogBrief(scope: Scope): Promise<LogBrief> {
  return read(scope, async (db) => {
    const [{ entries, hasAlarm, witnessedAt }, lags] = await Promise.all([
      selectBrief(db),
      hasFollowerAlarm(db),
    ]);
    return { entries, isAlarmed: hasAlarm || lags, witnessedAt };
  });
}

/** The head of the log page. The caller's door has checked that the scope may read the log. */
export async function getLogState(scope: Scope): Promise<LogState> {
  return read(scope, async (db) => {
    const numbered = await countNumbered(db);
    const checkpoint = await findCheckpoint(db, null);
    const epoch = await findEpoch(db);
    return {
      numbered,
      waiting: (await selectWaiting(db, WAITING_SHOWN)).length,
      unindexed: Math.max(0, numbered - (await findIndexed(db))),
      epoch: epoch?.epoch ?? null,
      origin: epoch?.origin ?? null,
      epochStartedAt: epoch?.startedAt ?? null,
      checkpoint: checkpoint && {
        size: checkpoint.size,
        root: checkpoint.root.toString("hex"),
        signedAt: checkpoint.signedAt,
        keyId: keyIdOf(checkpoint.note, checkpoint.origin),
      },
      witnesses: await selectWitnesses(db),
      alarms: await alarmsFor(db, scope),
    };
  });
}

/** Of the key that signed, as the note says; null where what is stored is no signed note. */
function keyIdOf(note: string, origin: string): string | null {
  try {
    return signaturesOf(note, origin).find(({ kind }) => kind === "log")?.keyId ?? null;
  } catch {
    return null;
  }
}

/**
 * Inside a merge's transaction: what is merged while the log is disputed could be denied afterwards. Throws refused.
 */
export async function requireUndisputedLog(tx: Pick<Tx, "db">): Promise<void> {
  const dispute = (await selectAlarms(tx.db)).find(({ kind }) => stopsMerges(kind));
  if (dispute)
    throw refused(
      `${TITLES[dispute.kind] ?? dispute.kind} Nothing is merged until that is settled: see the log's page.`,
    );
}
