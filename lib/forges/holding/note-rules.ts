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
import { holdSaid, judgeHold } from "./rules.ts";
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
    await upsertLook(tx.db, { connectionId: of.connectionId, problem: null, at });
    const { verdict, held, bypass, push } = judgeHold(seen);
    const row: HoldRow = { ...of, verdict, held, seen, changedAt: at };
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
  });
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

/** The look came to nothing: what was read before stands, with that beside it. */
export async function noteUnread(scope: Scope, connectionId: string, problem: string): Promise<void> {
  await transaction(scope, (tx) =>
    upsertLook(tx.db, { connectionId, problem: problem.slice(0, 2000), at: new Date(scope.clock.now()) }),
  );
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
export function holdView(row: HoldListed | undefined): HoldView {
  const { verdict = null, seen, branch, changedAt = null, lookedAt = null, problem = null } = row ?? {};
  if (verdict === null || branch === null || branch === undefined || changedAt === null)
    return { read: null, lookedAt, problem };
  const parsed = seen === null ? null : RulesSeen.parse(seen);
  return { lookedAt, problem, read: { verdict, changedAt, said: holdSaid(parsed, branch) } };
}
