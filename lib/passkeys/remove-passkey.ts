import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { notFound } from "../errors.ts";
import { recordWithdrawn } from "../people/withdrawn-approvals.ts";
import { changeOf } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import { credentialDigest } from "./enrol-passkey.ts";
import { passkeyState } from "./rules.ts";
import { lockPasskey, markRemoved, type PasskeyRow, selectPasskeys, withdrawApprovalsBy } from "./store.ts";

/** Its owner's, or that of somebody who may confirm passkeys: turned away before, withdrawn after. */
export async function removePasskey(scope: Scope, passkeyId: string): Promise<void> {
  await transaction(scope, async (tx) => {
    const passkey = await lockPasskey(tx.db, { id: passkeyId });
    const isOwn = passkey?.personId === actorId(scope.actor);
    if (!isOwn) requirePermission(scope, "passkey.confirm", null);
    if (!passkey || passkey.removedAt !== null) throw notFound("passkey");
    const others = passkey.confirmedAt === null ? "turned_away" : "withdrawn";
    await remove(tx, scope, passkey, isOwn ? "owner" : others);
  });
}

/** All of a person's, in the transaction that deactivates them. Returns how many there were. */
export async function revokePasskeysOf(tx: Tx, scope: Scope, personId: string): Promise<number> {
  const held = await selectPasskeys(tx.db, personId);
  for (const { id } of held) {
    const passkey = await lockPasskey(tx.db, { id });
    if (passkey && passkey.removedAt === null) await remove(tx, scope, passkey, "deactivated");
  }
  return held.length;
}

async function remove(
  tx: Tx,
  scope: Scope,
  { id, personId, credentialId, confirmedAt }: PasskeyRow,
  why: "owner" | "turned_away" | "withdrawn" | "deactivated",
): Promise<void> {
  const credential = credentialDigest(credentialId);
  const state = { id, personId, credential };
  await markRemoved(tx.db, id, actorId(scope.actor), new Date(scope.clock.now()));
  if (confirmedAt !== null) await withdrawSigned(tx, id, personId, new Date(scope.clock.now()));
  tx.record({
    kind: "passkey.removed",
    about: [`passkey:${id}`, `person:${personId}`],
    ...changeOf(
      passkeyState(state, confirmedAt === null ? "waiting" : "confirmed"),
      passkeyState(state, "removed"),
    ),
    detail: { passkey: id, person: personId, credential, why },
  });
}

/**
 * What it signed at gates that are still open counts no more: whoever had it may not have been its owner. Whoever may decide
 * there is told, for the gate waits for another; its owner may approve again, by a passkey that counts.
 */
const withdrawSigned = async (tx: Tx, passkey: string, person: string, at: Date): Promise<void> =>
  recordWithdrawn(tx, person, await withdrawApprovalsBy(tx.db, passkey, at), passkey);
