import { read } from "../db.ts";
import { listEvidence } from "../evidence/service.ts";
import { findPatch } from "../patches/service.ts";
import { charterOf } from "../pilots/service.ts";
import { findSummary } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { doneIn, lastTestOf } from "./deeds.ts";
import { isOurs } from "./rules.ts";
import type { ClaimsView } from "./schema.ts";
import { claimView } from "./standing.ts";
import { findAgentAttempt, findBaseTree, selectDeeds } from "./store.ts";

/** What the agent said in the end and what stands behind it; null before. The caller has checked visibility. */
export async function findClaims(scope: Scope, runId: string): Promise<ClaimsView | null> {
  const summary = await findSummary(scope, runId);
  if (!summary) return null;
  const { events, baseTree, plan, hasModel } = await read(scope, async (db) => {
    const run = await db.run.findUniqueOrThrow({ where: { id: runId } });
    const agent = await db.agent.findUniqueOrThrow({ where: { id: run.agentId } });
    const attempt = await findAgentAttempt(db, runId);
    return {
      events: attempt === null ? [] : await selectDeeds(db, runId, attempt),
      baseTree: attempt === null ? null : await findBaseTree(db, runId, attempt),
      plan: { argv: (await charterOf(db, run.charterId)).environment.testArgv },
      hasModel: agent.model !== null,
    };
  });
  const done = doneIn(events, baseTree);
  const patch = await findPatch(scope, runId);
  const evidence = (await listEvidence(scope, runId)).find(
    ({ document }) => document.patch === patch?.digest,
  );
  const seen =
    patch && evidence
      ? { judgement: evidence.document.judgement, files: patch.files.map(({ path }) => path) }
      : null;
  return {
    lastTest: hasModel ? lastTestOf(done, plan) : null,
    claims: summary.claims
      .filter(({ text }) => !(hasModel && isOurs(text)))
      .map((claim) => claimView(claim, done, plan, seen)),
    text: summary.text,
  };
}
