// What a release's decision is told with, bound to the host it is for: in the row of another host it cannot be opened.
import type { KeyObject } from "node:crypto";
import { openSealed, sealTo } from "./hpke.ts";

const INFO = Buffer.from("pilothouse release credential v1", "ascii");

export interface CredentialPlace {
  readonly credentialId: string;
  readonly host: string;
}

const boundTo = ({ credentialId, host }: CredentialPlace) => ({
  info: INFO,
  aad: Buffer.from(`${credentialId}\0${host}`, "utf8"),
});

/** `publicKey`: the worker's, 32 bytes. */
export const sealCredential = (publicKey: Uint8Array, place: CredentialPlace, secret: string): Buffer =>
  sealTo(publicKey, Buffer.from(secret, "utf8"), boundTo(place));

/** Throws without a word of what it holds. */
export function openCredential(privateKey: KeyObject, place: CredentialPlace, sealed: Uint8Array): string {
  try {
    return openSealed(privateKey, sealed, boundTo(place)).toString("utf8");
  } catch {
    throw new Error(`The credential ${place.credentialId} was not sealed to this worker, or was altered.`);
  }
}
