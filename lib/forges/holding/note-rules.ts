// What was read of a forge's rules: written down where it changed, with an entry, and a finding where the forge no longer
// holds what it held.

import { HOUR } from "../../clock.ts";
import { read, type Tx, transaction } from "../../db.ts";
import { FORGE_WATCH } from "../../findings/forge-watch.ts";
import { openFindings } from "../../findings/open-findings.ts";
import { settleGone } from "../../findings/settle-gone.ts";
import { enqueue } from "../../jobs/queue.ts";
import { sha256Hex } from "../../protocol/signing.ts";
import { changeOf, made, type State, stateDigest } from "../../record/change.ts";
import { canonicalText } from "../../record/rules.ts";
import type { Scope } from "../../scope.ts";
import { holdSaid, isTooOld, judgeHold, tooOldSaid, waySaid } from "./rules.ts";
import { type HoldView, RulesSeen } from "./schema.ts";
import { type HoldListed, type HoldRow, lockHold, selectDueLooks, upsertHold, upsertLook } from "./store.ts";

export interface RulesRead {
  readonly repositoryId: string;
  readonly connectionId: string;
  readonly branch: string;
  /** Null where the credential may not read them. */
  readonly seen: RulesSeen | null;
}

const digestOf = (seen: unknown): string => sha256Hex(Buffer.from(canonicalText(seen), "utf8"));
const stateOf = ({ repositoryId, verdict, held, seen }: HoldRow): State => ({
  ...{ repository: repositoryId, verdict, held },
  rules_sha256: digestOf(seen),
});

/** Said again, nothing happens again. */
export async function noteRules(scope: Scope, { seen, ...of }: RulesRead): Promise<void> {
  await transaction(scope, async (tx) => {
    const before = await lockHold(tx.db, of.repositoryId);
    const at = new Date(scope.clock.now());
    await upsertLook(tx.db, { connectionId: of.connectionId, problem: null, isGone: false, at });
    await noteSeen(tx, scope, before, { ...of, seen });
  });
}

async function noteSeen(
  tx: Tx,
  scope: Scope,
  before: HoldRow | null,
  { seen, ...of }: RulesRead,
): Promise<void> {
  const { verdict, held, bypass, push } = judgeHold(seen);
  const row: HoldRow = { ...of, verdict, held, seen, changedAt: new Date(scope.clock.now()) };
  if (before && before.connectionId === of.connectionId && isSame(before, row)) return;
  await upsertHold(tx.db, row);
  tx.record({
    kind: "repository.forge_rules_read",
    about: [`repository:${of.repositoryId}`],
    ...(before ? changeOf(stateOf(before), stateOf(row)) : made(stateOf(row))),
    detail: {
      ...{ connection: of.connectionId, branch: of.branch, verdict, push },
      ...{ bypass: bypass?.length ?? null, rules_sha256: digestOf(seen) },
    },
  });
  await tell(tx, scope, before, row);
}

const isSame = (before: HoldRow, row: HoldRow): boolean =>
  before.branch === row.branch && stateDigest(stateOf(before)) === stateDigest(stateOf(row));

async function tell(tx: Tx, scope: Scope, before: HoldRow | null, row: HoldRow): Promise<void> {
  const { repositoryId, held, branch } = row;
  const seen = row.seen === null ? null : RulesSeen.parse(row.seen);
  const { text } = holdSaid(seen, branch);
  if (held) {
    await settleGone(tx, scope, { rule: FORGE_WATCH.unheld, subject: repositoryId, reason: text });
    return;
  }
  if (!before?.held) return;
  const { name } = await tx.db.repository.findUniqueOrThrow({
    where: { id: repositoryId },
    select: { name: true },
  });
  const evidence = { text: `${name}: ${text}`.slice(0, 1000), path: null, line: null };
  await openFindings(tx, scope, null, [
    { rule: FORGE_WATCH.unheld, subject: repositoryId, evidence, at: scope.clock.now() },
  ]);
}

export interface Unread extends Omit<RulesRead, "seen"> {
  /** A sentence. */
  readonly problem: string;
  /** The forge says that there is nothing to look at any more. */
  readonly isGone?: boolean;
}

/**
 * The look came to nothing: what was read before stands, with that beside it, for a day. Then, and at once where what was
 * looked at is gone, nothing is known: else a reading that fails for ever would keep a verdict for ever.
 */
export async function noteUnread(scope: Scope, { problem, isGone = false, ...of }: Unread): Promise<void> {
  await transaction(scope, async (tx) => {
    const before = await lockHold(tx.db, of.repositoryId);
    const now = scope.clock.now();
    const look = {
      connectionId: of.connectionId,
      problem: problem.slice(0, 2000),
      isGone,
      at: new Date(now),
    };
    const since = await upsertLook(tx.db, look);
    if (before === null || !(isGone || isTooOld(since, now))) return;
    await noteSeen(tx, scope, before, { ...of, seen: null });
  });
}

/** How often rules are read again. */
export const RULES_READ_EVERY = HOUR;

/** By the clock. */
export async function requestRulesReads(scope: Scope): Promise<void> {
  const before = new Date(scope.clock.now() - RULES_READ_EVERY);
  const due = await read(scope, (db) => selectDueLooks(db, before));
  await transaction(scope, async (tx) => {
    for (const repositoryId of due) await requestRulesRead(tx, repositoryId);
  });
}

/** Where it is connected to nothing, the worker finds nothing to do. */
export const requestRulesRead = (tx: Tx, repositoryId: string): Promise<void> =>
  enqueue(tx, "read_forge_rules", { repositoryId }, repositoryId);

/** As people see it; where nothing was read yet, it says so by its nulls. */
export function holdView(row: HoldListed | undefined, now: number): HoldView {
  if (row === undefined) return { read: null, lookedAt: null, problem: null };
  const { verdict, seen, branch, changedAt, since, lookedAt, problem } = row;
  if (verdict === null || branch === null || changedAt === null) return { read: null, lookedAt, problem };
  const parsed = seen === null ? null : RulesSeen.parse(seen);
  // Also where nobody looked: a worker that is down reads nothing, and writes nothing down.
  if (parsed !== null && isTooOld(since, now))
    return {
      ...{ lookedAt, problem },
      read: { verdict: "unreadable", changedAt, said: tooOldSaid(branch), way: waySaid(null, branch) },
    };
  const read = { verdict, changedAt, said: holdSaid(parsed, branch), way: waySaid(parsed, branch) };
  return { lookedAt, problem, read };
}
