// What an upstream is shown over ssh, bound to the place it is for: in the row of another it cannot be opened.
import type { KeyObject } from "node:crypto";
import { openSealed, sealTo } from "./hpke.ts";

const INFO = Buffer.from("pilothouse upstream key v1", "ascii");

export interface UpstreamPlace {
  readonly keyId: string;
  /** As the repository has it. */
  readonly source: string;
}

const boundTo = ({ keyId, source }: UpstreamPlace) => ({
  info: INFO,
  aad: Buffer.from(`${keyId}\0${source}`, "utf8"),
});

/** `publicKey`: the worker's, 32 bytes. */
export const sealUpstreamKey = (publicKey: Uint8Array, place: UpstreamPlace, secret: string): Buffer =>
  sealTo(publicKey, Buffer.from(secret, "utf8"), boundTo(place));

/** Throws without a word of what it holds. */
export function openUpstreamKey(privateKey: KeyObject, place: UpstreamPlace, sealed: Uint8Array): string {
  try {
    return openSealed(privateKey, sealed, boundTo(place)).toString("utf8");
  } catch {
    throw new Error(`The key ${place.keyId} was not sealed to this worker, or was altered.`);
  }
}
