// A secret of a channel, bound to its place: moved to another channel's row, or to another part, it cannot be opened.
import type { KeyObject } from "node:crypto";
import { openSealed, sealTo } from "./hpke.ts";

const INFO = Buffer.from("pilothouse channel secret v1", "ascii");

export interface SecretPlace {
  readonly channelId: string;
  readonly secretId: string;
  readonly part: string;
}

/** Ids and parts hold no NUL, so two places never read alike. */
const boundTo = ({ channelId, secretId, part }: SecretPlace) => ({
  info: INFO,
  aad: Buffer.from(`${channelId}\0${secretId}\0${part}`, "utf8"),
});

/** `publicKey`: the worker's, 32 bytes. */
export const sealChannelSecret = (publicKey: Uint8Array, place: SecretPlace, secret: string): Buffer =>
  sealTo(publicKey, Buffer.from(secret, "utf8"), boundTo(place));

/** Throws without a word of what it holds. */
export function openChannelSecret(privateKey: KeyObject, place: SecretPlace, sealed: Uint8Array): string {
  try {
    return openSealed(privateKey, sealed, boundTo(place)).toString("utf8");
  } catch {
    throw new Error(
      `The secret ${place.secretId} was not sealed to this worker, or was altered. Set it anew.`,
    );
  }
}
