// Keys of providers: sealed to the gateway as soon as they are taken in, replaced by newer ones, retired for good.
import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { conflict, refused, unavailable } from "../errors.ts";
import { newId } from "../ids.ts";
import { notify } from "../notify.ts";
import { changeOf } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import { sealProviderKey } from "../sealing/provider-key.ts";
import { hintOf, providerState } from "./rules.ts";
import type { AskTest, RetireKey, SetKey } from "./schema.ts";
import { heldProvider } from "./service.ts";
import { findGatewayKey, insertKey, insertTest, liveKeys, markRetired } from "./store.ts";

async function enabledProvider(tx: Tx, providerId: string) {
  const provider = await heldProvider(tx, providerId);
  if (provider.disabledAt !== null) throw refused("The provider is switched off.");
  return provider;
}

/** Used from now on. Older keys stay usable until somebody retires them. */
export async function setKey(scope: Scope, { providerId, key }: SetKey): Promise<{ keyId: string }> {
  requirePermission(scope, "provider.manage", null);
  const now = scope.clock.now();
  const keyId = newId("provider_key", now);
  await transaction(scope, async (tx) => {
    await enabledProvider(tx, providerId);
    const gatewayKey = await findGatewayKey(tx.db);
    if (!gatewayKey)
      throw unavailable(
        "The gateway has not started yet, so there is nothing to seal the key to. Try again soon.",
      );
    const sealed = new Uint8Array(sealProviderKey(gatewayKey.publicKey, { providerId, keyId }, key));
    const before = await liveKeys(tx.db, providerId);
    await insertKey(tx.db, {
      ...{ id: keyId, providerId, gatewayKeyId: gatewayKey.id, sealed, hint: hintOf(key) },
      ...{ setBy: actorId(scope.actor), setAt: new Date(now) },
    });
    tx.record({
      kind: "provider.key_set",
      about: [`provider:${providerId}`],
      ...keysChanged(providerId, before, [...before, keyId]),
      detail: { key: keyId, sealed_to: gatewayKey.id },
    });
  });
  return { keyId };
}

/** Nobody can use it from now on: what was sealed is deleted. */
export async function retireKey(scope: Scope, { providerId, keyId }: RetireKey): Promise<void> {
  requirePermission(scope, "provider.manage", null);
  await transaction(scope, async (tx) => {
    const { disabledAt } = await heldProvider(tx, providerId);
    const before = await liveKeys(tx.db, providerId);
    if (!(await markRetired(tx.db, providerId, keyId, new Date(scope.clock.now()))))
      throw conflict("This key is not there, or was retired already.");
    const after = before.filter((id) => id !== keyId);
    tx.record({
      kind: "provider.key_retired",
      about: [`provider:${providerId}`],
      ...keysChanged(providerId, before, after, disabledAt !== null),
      detail: { key: keyId },
    });
  });
}

const keysChanged = (id: string, before: readonly string[], after: readonly string[], disabled = false) =>
  changeOf(providerState({ id, disabled, keys: before }), providerState({ id, disabled, keys: after }));

/** The gateway tries the key and answers; the page shows it when it is there. */
export async function askTest(scope: Scope, { providerId, keyId }: AskTest): Promise<{ testId: string }> {
  requirePermission(scope, "provider.manage", null);
  const now = scope.clock.now();
  const testId = newId("provider_test", now);
  await transaction(scope, async (tx) => {
    await enabledProvider(tx, providerId);
    if (!(await liveKeys(tx.db, providerId)).includes(keyId))
      throw refused("This key is not there, or was retired.");
    const asked = { askedBy: actorId(scope.actor), askedAt: new Date(now) };
    await insertTest(tx.db, { id: testId, providerId, keyId, ...asked });
    tx.record({
      kind: "provider.test_asked",
      about: [`provider:${providerId}`],
      detail: { key: keyId, test: testId },
    });
    await notify(tx, "provider_test_asked", "");
  });
  return { testId };
}
