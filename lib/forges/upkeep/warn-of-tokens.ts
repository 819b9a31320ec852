// A token that is about to expire is a finding, thirty, seven and one day before and once it has: each takes the place of
// the one before, and all are settled when something else is connected.
import { DAY } from "../../clock.ts";
import { read, type Tx, transaction } from "../../db.ts";
import { tokenEnds } from "../../findings/forge-watch.ts";
import { openFindings } from "../../findings/open-findings.ts";
import type { Severity } from "../../findings/schema.ts";
import { settleGone } from "../../findings/settle-gone.ts";
import type { Scope } from "../../scope.ts";
import { TOKEN_STEPS, type TokenStep, tokenStep } from "../rules.ts";
import { moveTold, selectTokens, type TokenRow } from "./store.ts";

const SEVERITY = { 30: "low", 7: "medium", 1: "high", 0: "high" } as const satisfies Record<
  TokenStep,
  Severity
>;
const [FIRST] = TOKEN_STEPS;

/** By the clock. How many were told of. */
export async function warnOfTokens(scope: Scope): Promise<number> {
  const now = scope.clock.now();
  const rows = await read(scope, (db) => selectTokens(db, new Date(now + FIRST * DAY)));
  let told = 0;
  for (const row of rows) {
    const step = row.isOver ? null : tokenStep(row.expiresAt, now);
    if (step === row.toldDays) continue;
    if (await transaction(scope, (tx) => move(tx, scope, row, step))) told += 1;
  }
  return told;
}

async function move(tx: Tx, scope: Scope, row: TokenRow, step: TokenStep | null): Promise<boolean> {
  const { connectionId, repositoryName, expiresAt, toldDays } = row;
  if (!(await moveTold(tx.db, connectionId, toldDays, step))) return false;
  const subjectOf = (days: number) => `${connectionId}:${days}`;
  const reason =
    step === null ? "Something else is connected now." : "The end is nearer: a newer finding says so.";
  const rule = tokenEnds("low");
  if (toldDays !== null) await settleGone(tx, scope, { rule, subject: subjectOf(toldDays), reason });
  if (step === null) return false;
  const day = expiresAt.toISOString().slice(0, 10);
  const text =
    step === 0
      ? `${repositoryName}: the token has expired on ${day}.`
      : `${repositoryName}: the token expires on ${day}.`;
  const evidence = { text, path: null, line: null };
  await openFindings(tx, scope, null, [
    { rule: tokenEnds(SEVERITY[step]), subject: subjectOf(step), evidence, at: scope.clock.now() },
  ]);
  return true;
}
