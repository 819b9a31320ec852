// Names, ids and verifier texts ("vkeys") of note keys: C2SP signed-note and tlog-cosignature.
import { createPublicKey, hash, type KeyObject } from "node:crypto";
import { badInput } from "#lib/errors.ts";
import { isPlainText, parseBase64 } from "./encoding.ts";

/** Signature types by their identifier byte. */
export const ED25519 = 0x01;
export const ED25519_COSIGNATURE = 0x04;
export const ML_DSA_44_COSIGNATURE = 0x06;

export type SignatureType = typeof ED25519 | typeof ED25519_COSIGNATURE | typeof ML_DSA_44_COSIGNATURE;

export interface Verifier {
  readonly name: string;
  /** Eight hex digits, as in the verifier text. */
  readonly keyId: string;
  readonly publicKey: KeyObject;
  readonly type: SignatureType;
}

/** How node names the key, and where its JWK carries the raw public key. */
const KEYS = {
  [ED25519]: { kind: "ed25519", jwk: { kty: "OKP", crv: "Ed25519" }, field: "x", bytes: 32 },
  [ED25519_COSIGNATURE]: { kind: "ed25519", jwk: { kty: "OKP", crv: "Ed25519" }, field: "x", bytes: 32 },
  [ML_DSA_44_COSIGNATURE]: {
    kind: "ml-dsa-44",
    jwk: { kty: "AKP", alg: "ML-DSA-44" },
    field: "pub",
    bytes: 1312,
  },
} as const satisfies Record<SignatureType, object>;

const isSignatureType = (byte: number | undefined): byte is SignatureType =>
  byte !== undefined && Object.hasOwn(KEYS, byte);

/** Key names are not empty and hold neither Unicode spaces nor plus signs. */
export const isKeyName = (name: string): boolean =>
  name !== "" && isPlainText(name) && !/[\p{White_Space}+]/u.test(name);

function rawPublicKey(publicKey: KeyObject, type: SignatureType): Buffer {
  const { kind, field } = KEYS[type];
  if (publicKey.asymmetricKeyType !== kind) {
    throw badInput(
      `Signatures of type ${type} are made with ${kind} keys, not ${publicKey.asymmetricKeyType}.`,
    );
  }
  const jwk: Record<string, unknown> = { ...publicKey.export({ format: "jwk" }) };
  return Buffer.from(String(jwk[field]), "base64url");
}

function keyIdOf(name: string, typed: Uint8Array): string {
  return hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), typed]), "buffer").toString("hex", 0, 4);
}

const typedKey = (publicKey: KeyObject, type: SignatureType): Buffer =>
  Buffer.concat([Buffer.of(type), rawPublicKey(publicKey, type)]);

export function newVerifier(name: string, publicKey: KeyObject, type: SignatureType): Verifier {
  if (!isKeyName(name))
    throw badInput(`“${name}” is no key name: it is empty or holds a space or a plus sign.`);
  return { name, keyId: keyIdOf(name, typedKey(publicKey, type)), publicKey, type };
}

/** `name+keyid+base64(type ‖ public key)`. */
export function formatVerifier(name: string, publicKey: KeyObject, type: SignatureType): string {
  const { keyId } = newVerifier(name, publicKey, type);
  return `${name}+${keyId}+${typedKey(publicKey, type).toString("base64")}`;
}

function importKey(raw: Buffer, type: SignatureType): KeyObject {
  const { jwk, field } = KEYS[type];
  return createPublicKey({ key: { ...jwk, [field]: raw.toString("base64url") }, format: "jwk" });
}

/** Throws bad_input with a sentence for what is no verifier text, or one whose id belongs to another key. */
export function parseVerifier(text: string): Verifier {
  const [, name = "", keyId, encoded = ""] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(text) ?? [];
  if (!isKeyName(name)) throw badInput("A verifier key is written name+keyid+base64, with eight hex digits.");
  const [type, ...rest] = parseBase64(encoded) ?? [];
  if (!isSignatureType(type))
    throw badInput(`The verifier key of ${name} is of a type that is not supported.`);
  const raw = Buffer.from(rest);
  if (raw.length !== KEYS[type].bytes) throw badInput(`The verifier key of ${name} is of a wrong length.`);
  const verifier = newVerifier(name, importKey(raw, type), type);
  if (verifier.keyId !== keyId)
    throw badInput(`The id of the verifier key of ${name} belongs to another key.`);
  return verifier;
}
