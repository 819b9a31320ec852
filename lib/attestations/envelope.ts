// DSSE v1 (secure-systems-lab/dsse, protocol.md): what is signed is the pre-authentication encoding of type and payload.
import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";

export const IN_TOTO = "application/vnd.in-toto+json";

export interface Envelope {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** `"DSSEv1" SP LEN(type) SP type SP LEN(body) SP body`; lengths are of bytes, in decimal. */
export function preAuthEncoding(payloadType: string, body: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType, "utf8")} ${payloadType} ${body.length} `;
  return Buffer.concat([Buffer.from(head, "utf8"), body]);
}

/** 32 bytes. */
export function rawEd25519(key: KeyObject): Buffer {
  const { x } = (key.type === "private" ? createPublicKey(key) : key).export({ format: "jwk" });
  if (typeof x !== "string") throw new Error("this is no Ed25519 key");
  return Buffer.from(x, "base64url");
}

/** SHA-256 of the public key, by which an envelope names it. */
export const keyIdOf = (publicKey: Uint8Array): string =>
  createHash("sha256").update(publicKey).digest("hex");

export function enveloped(privateKey: KeyObject, text: string): Envelope {
  const body = Buffer.from(text, "utf8");
  const sig = sign(null, preAuthEncoding(IN_TOTO, body), privateKey).toString("base64");
  return {
    payloadType: IN_TOTO,
    payload: body.toString("base64"),
    signatures: [{ keyid: keyIdOf(rawEd25519(privateKey)), sig }],
  };
}
