// What a forge is spoken to with, bound to the connection and the address it is for: in the row of another it cannot be opened.
import type { KeyObject } from "node:crypto";
import { openSealed, sealTo } from "./hpke.ts";

const INFO = Buffer.from("pilothouse forge credential v1", "ascii");

export interface ForgePlaceOf {
  readonly connectionId: string;
  readonly address: string;
}

const boundTo = ({ connectionId, address }: ForgePlaceOf) => ({
  info: INFO,
  aad: Buffer.from(`${connectionId}\0${address}`, "utf8"),
});

/** `publicKey`: the worker's, 32 bytes. */
export const sealForgeCredential = (publicKey: Uint8Array, place: ForgePlaceOf, secret: string): Buffer =>
  sealTo(publicKey, Buffer.from(secret, "utf8"), boundTo(place));

/** Throws without a word of what it holds. */
export function openForgeCredential(privateKey: KeyObject, place: ForgePlaceOf, sealed: Uint8Array): string {
  try {
    return openSealed(privateKey, sealed, boundTo(place)).toString("utf8");
  } catch {
    throw new Error(`The credential of ${place.connectionId} was not sealed to this worker, or was altered.`);
  }
}
