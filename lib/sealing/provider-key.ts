// A provider's key, bound to its place: moved to another provider's row, or to another key's, it cannot be opened.
import type { KeyObject } from "node:crypto";
import { openSealed, sealTo } from "./hpke.ts";

const INFO = Buffer.from("pilothouse provider key v1", "ascii");

export interface KeyPlace {
  readonly providerId: string;
  readonly keyId: string;
}

/** Ids hold no NUL, so two places never read alike. */
const boundTo = ({ providerId, keyId }: KeyPlace) => ({
  info: INFO,
  aad: Buffer.from(`${providerId}\0${keyId}`, "utf8"),
});

/** `publicKey`: the gateway's, 32 bytes. */
export const sealProviderKey = (publicKey: Uint8Array, place: KeyPlace, key: string): Buffer =>
  sealTo(publicKey, Buffer.from(key, "utf8"), boundTo(place));

/** Throws without a word of what it holds. */
export function openProviderKey(privateKey: KeyObject, place: KeyPlace, sealed: Uint8Array): string {
  try {
    return openSealed(privateKey, sealed, boundTo(place)).toString("utf8");
  } catch {
    throw new Error(`The key ${place.keyId} was not sealed to this gateway, or was altered. Set it anew.`);
  }
}
