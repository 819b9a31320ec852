// How long payloads are kept, where the charter that comes into force says it. A hold stays: it keeps everything anyway.
import type { Tx } from "../db.ts";
import type { Charter } from "../pilots/schema.ts";
import { changeOf, made } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import { actorId, type Scope } from "../scope.ts";
import { retentionState } from "./rules.ts";
import { findRetention, saveRetention } from "./store.ts";

/** Null where it stays as it is. `now`: what people set; null keeps everything. */
export const keptDays = ({ kpis }: Charter, now: number | null): number | null =>
  kpis.retentionDays === 0 || kpis.retentionDays === now ? null : kpis.retentionDays;

/** In a transaction that holds the pilot: nobody sets a hold meanwhile. `digest`: of the charter. */
export async function keepByCharter(
  tx: Tx,
  scope: Scope,
  pilotId: string,
  { charter, digest }: { readonly charter: Charter; readonly digest: string },
): Promise<void> {
  const replaced = await findRetention(tx.db, pilotId);
  const days = keptDays(charter, replaced?.days ?? null);
  if (days === null) return;
  const isHeld = replaced?.isHeld ?? false;
  await saveRetention(tx.db, {
    ...{ pilotId, days, isHeld, holdReason: replaced?.holdReason ?? null },
    ...{ setBy: actorId(scope.actor), setAt: new Date(scope.clock.now()) },
  });
  const set = retentionState(pilotId, { days, isHeld });
  tx.record({
    kind: "retention.set",
    about: [`pilot:${pilotId}`],
    charter: digest,
    ...(replaced ? changeOf(retentionState(pilotId, replaced), set) : made(set)),
    detail: { days, is_held: isHeld, ...reasonDetail("The charter that came into force says so.") },
  });
}
