// Keys come and go by entries: the log says itself which keys signed it, and from when to when.
import { transaction } from "#lib/db.ts";
import { refused } from "#lib/errors.ts";
import { destroyKey, keepKey, newKey, readKeys, verifierOf } from "#notary/keys.ts";
import { type OwnState, readOwnState } from "#notary/own-state.ts";
import type { Operator } from "./operator.ts";

async function stateOf({ folders }: Operator): Promise<OwnState> {
  const state = await readOwnState(folders.own);
  if (!state) throw refused("There is no log yet: it begins when the notary starts for the first time.");
  return state;
}

/** The entry comes first: a key that signs was announced. Returns the verifier key. */
export async function rotateKey(operator: Operator): Promise<string> {
  const state = await stateOf(operator);
  const key = newKey();
  const { keyId, text } = verifierOf(state.origin, key.publicHex);
  await transaction(operator.scope, async (tx) =>
    tx.record({
      kind: "log.key_added",
      about: [`log:${state.logId}`],
      detail: { key_id: keyId, verifier: text },
    }),
  );
  await keepKey(operator.folders.own, key);
  return text;
}

/** Destroys the private key, or gives up a lost one. Refuses the last one that can sign. */
export async function retireKey(operator: Operator, keyId: string): Promise<string> {
  const { own } = operator.folders;
  const state = await stateOf(operator);
  const here = (await readKeys(own, operator.given)).map(({ publicHex }) => publicHex);
  const known = [...new Set([...here, ...state.signers])];
  const publicHex = known.find((one) => verifierOf(state.origin, one).keyId === keyId);
  if (!publicHex) {
    const ids = known.map((one) => verifierOf(state.origin, one).keyId).join(", ");
    throw refused(`No key ${keyId} signs this log; there are ${ids}.`);
  }
  if (here.every((one) => one === publicHex))
    throw refused("No other key could sign: add one first, with `npm run log -- rotate-key`.");
  const { text } = verifierOf(state.origin, publicHex);
  await transaction(operator.scope, async (tx) =>
    tx.record({
      kind: "log.key_retired",
      about: [`log:${state.logId}`],
      detail: { key_id: keyId, verifier: text },
    }),
  );
  await destroyKey(own, publicHex, text);
  return text;
}
