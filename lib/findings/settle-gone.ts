// What a finding of no run was about is over, and whoever looks by the clock has seen it: nobody needs to say so.
import type { Tx } from "../db.ts";
import { changeOf } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import { actorId, type Scope } from "../scope.ts";
import { subjectsOf } from "./open-findings.ts";
import { findingState, subjectDigest } from "./rules.ts";
import type { FindingRule } from "./schema.ts";
import { findSame, insertStep, lockRunless, moveState } from "./store.ts";

export interface Gone {
  readonly rule: Pick<FindingRule, "id">;
  /** As it was opened with. */
  readonly subject: string;
  /** A sentence of ours. */
  readonly reason: string;
}

/** False where there is none that waits; what people dismissed is left to them. Seen again, it waits again. */
export async function settleGone(tx: Tx, scope: Scope, { rule, subject, reason }: Gone): Promise<boolean> {
  await lockRunless(tx.db);
  const finding = await findSame(tx.db, null, rule.id, new Uint8Array(subjectDigest(subject)));
  if (!finding || finding.state === "mitigated" || finding.state === "dismissed") return false;
  const { id, state: from, severity } = finding;
  if (!(await moveState(tx.db, id, from, "mitigated"))) return false;
  const at = new Date(scope.clock.now());
  const actor = actorId(scope.actor);
  await insertStep(tx.db, { findingId: id, at, actor, from, to: "mitigated", reason, suppressionId: null });
  tx.record({
    kind: "finding.mitigated",
    about: subjectsOf(finding),
    charter: null,
    ...changeOf(findingState(finding, from), findingState(finding, "mitigated")),
    detail: { rule: finding.rule, severity, ...reasonDetail(reason) },
  });
  return true;
}
