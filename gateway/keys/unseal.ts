// Providers' keys in clear: in this process's memory, from the first call that needs one until the key is another.
import type { KeyObject } from "node:crypto";
import { openProviderKey } from "#lib/sealing/provider-key.ts";
import { Problem } from "../http/problem.ts";

export interface SealedKey {
  readonly id: string;
  readonly key: { readonly id: string; readonly sealed: Uint8Array };
}

const MOST_KEPT = 200;

export function createUnseal(privateKey: KeyObject): (provider: SealedKey) => Promise<string> {
  const kept = new Map<string, { readonly sealed: Uint8Array; readonly clear: string }>();
  return async ({ id: providerId, key: { id: keyId, sealed } }) => {
    // Named as it was sealed: what is kept for one provider is never another's, though its key was said to be the same.
    const place = JSON.stringify([providerId, keyId]);
    const known = kept.get(place);
    if (known && Buffer.compare(known.sealed, sealed) === 0) return known.clear;
    try {
      const clear = openProviderKey(privateKey, { providerId, keyId }, sealed);
      kept.set(place, { sealed, clear });
      const oldest = kept.keys().next().value;
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      return clear;
    } catch (error) {
      const sentence = "The provider's key cannot be opened by this gateway. An administrator sets it anew.";
      throw new Problem("stopped", sentence, { cause: error });
    }
  };
}
