// The path of a one-time link on its way by mail, bound to its delivery: under another one it cannot be opened.
import type { KeyObject } from "node:crypto";
import { openSealed, sealTo } from "./hpke.ts";

const INFO = Buffer.from("pilothouse invitation link v1", "ascii");

export interface LinkPlace {
  readonly deliveryId: string;
  readonly linkId: string;
  readonly personId: string;
}

/** Ids hold no NUL, so two places never read alike. */
const boundTo = ({ deliveryId, linkId, personId }: LinkPlace) => ({
  info: INFO,
  aad: Buffer.from(`${deliveryId}\0${linkId}\0${personId}`, "utf8"),
});

/** `publicKey`: the worker's, 32 bytes. */
export const sealInvitationLink = (publicKey: Uint8Array, place: LinkPlace, path: string): Buffer =>
  sealTo(publicKey, Buffer.from(path, "utf8"), boundTo(place));

/** Null where it was not sealed to this worker, or was altered or moved. */
export function openInvitationLink(
  privateKey: KeyObject,
  place: LinkPlace,
  sealed: Uint8Array,
): string | null {
  try {
    return openSealed(privateKey, sealed, boundTo(place)).toString("utf8");
  } catch {
    return null; // a fault of the place or the key, which must not say what was in it
  }
}
