import type { Tx } from "../db.ts";
import { conflict, notFound } from "../errors.ts";
import type { AskDecision } from "../protocol/steering.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { settleAsk } from "./settle-ask.ts";
import { findAskOfGate } from "./store.ts";

interface Deciding {
  readonly decision: AskDecision;
  readonly by: "person" | "unattended";
  readonly answer: string;
}

const UNATTENDED = "Nobody decided in time. Go on without it, or by another way.";

/** What a gate's end means for the ask it was opened for. */
export async function decideAsk(
  tx: Tx,
  scope: Scope,
  gate: { readonly id: string; readonly runId: string | null },
  { decision, by, answer }: Deciding,
): Promise<void> {
  const run = await lockRun(tx, gate.runId ?? "");
  const ask = await findAskOfGate(tx.db, gate.id);
  if (!ask) throw notFound("ask");
  const told = by === "unattended" ? UNATTENDED : answer;
  if (!(await settleAsk(tx, scope, run, ask, { decision, by, answer: told })))
    throw conflict("What was asked is settled already.");
}
