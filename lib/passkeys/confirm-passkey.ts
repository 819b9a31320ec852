import { requirePermission } from "../authz/require.ts";
import { transaction } from "../db.ts";
import { conflict, forbidden, notFound, refused } from "../errors.ts";
import { liveGrants } from "../people/service.ts";
import { changeOf } from "../record/change.ts";
import type { Scope } from "../scope.ts";
import { credentialDigest } from "./enrol-passkey.ts";
import { passkeyState } from "./rules.ts";
import type { ConfirmPasskey } from "./schema.ts";
import { lockPasskey, markConfirmed } from "./store.ts";

/** Somebody else says that the passkey is its owner's: from then on what it signs counts. */
export async function confirmPasskey(scope: Scope, input: ConfirmPasskey): Promise<void> {
  requirePermission(scope, "passkey.confirm", null);
  const { actor, clock } = scope;
  if (actor.kind !== "user") throw forbidden("Only a person can confirm a passkey.");
  await transaction(scope, async (tx) => {
    const passkey = await lockPasskey(tx.db, { id: input.passkeyId });
    if (!passkey || passkey.removedAt !== null) throw notFound("passkey");
    const { id, personId, credentialId } = passkey;
    if (personId === actor.personId)
      throw refused("This passkey is your own: somebody else has to confirm it.");
    if (passkey.confirmedAt !== null) throw conflict("This passkey is confirmed already.");
    const credential = credentialDigest(credentialId);
    if (credential !== input.credential)
      throw conflict("This is another passkey than the one you were shown. Reload the page.");
    if ((await liveGrants(tx, personId)).length === 0)
      throw refused("Its owner is no longer here, so there is nothing to confirm.");
    await markConfirmed(tx.db, id, actor.personId, new Date(clock.now()));
    const state = { id, personId, credential };
    tx.record({
      kind: "passkey.confirmed",
      about: [`passkey:${id}`, `person:${personId}`],
      ...changeOf(passkeyState(state, "waiting"), passkeyState(state, "confirmed")),
      detail: { passkey: id, person: personId, credential },
    });
  });
}
