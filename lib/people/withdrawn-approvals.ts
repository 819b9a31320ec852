// An approval that counts no more is told at its gate: whoever may decide there hears that it waits for another.
import type { Tx } from "../db.ts";
import { charterInForce } from "../pilots/service.ts";
import type { WithdrawnApproval } from "./schema.ts";

/** `passkey`: what they were signed with, where that is why. */
export async function recordWithdrawn(
  tx: Tx,
  person: string,
  approvals: readonly WithdrawnApproval[],
  passkey?: string,
): Promise<void> {
  for (const { id: approval, gateId, pilotId, runId } of approvals)
    tx.record({
      kind: "gate.approval_withdrawn",
      about: [
        `gate:${gateId}`,
        ...(passkey === undefined ? [] : [`passkey:${passkey}` as const]),
        ...(runId === null ? [] : [`run:${runId}` as const]),
        ...(pilotId === null ? [] : [`pilot:${pilotId}` as const]),
      ],
      charter: await charterInForce(tx.db, pilotId),
      detail: { approval, person, ...(passkey === undefined ? {} : { passkey }) },
    });
}
