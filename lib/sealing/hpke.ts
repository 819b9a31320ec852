// RFC 9180 (HPKE), base mode, one message: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305. Built from
// node:crypto's primitives and held to the RFC's own vector (A.2.1). Whoever seals cannot open again.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";

const KEM_ID = 0x0020;
const KDF_ID = 0x0001;
const AEAD_ID = 0x0003;
const AEAD = "chacha20-poly1305";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Bytes of an X25519 public key, and of what the sender's contributes. */
export const POINT_BYTES = 32;

const SPKI_PREFIX = Buffer.from("302a300506032b656e032100", "hex");
const PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");

export const publicKeyFrom = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
export const privateKeyFrom = (raw: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, raw]), format: "der", type: "pkcs8" });

export function rawPublicKey(key: KeyObject): Buffer {
  const isPublic = key.type === "public" ? key : createPublicKey(key);
  return isPublic.export({ format: "der", type: "spki" }).subarray(SPKI_PREFIX.length);
}

const ascii = (text: string) => Buffer.from(text, "ascii");
const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer => {
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return mac.digest();
};

const KEM_SUITE = Buffer.concat([ascii("KEM"), u16(KEM_ID)]);
const HPKE_SUITE = Buffer.concat([ascii("HPKE"), u16(KEM_ID), u16(KDF_ID), u16(AEAD_ID)]);
const VERSION = ascii("HPKE-v1");

const labeledExtract = (suite: Buffer, salt: Uint8Array, label: string, ikm: Uint8Array): Buffer =>
  hmac(salt, VERSION, suite, ascii(label), ikm);

/** One block of HKDF-Expand is enough for every length here (at most 32). */
const labeledExpand = (suite: Buffer, prk: Buffer, label: string, info: Uint8Array, length: number): Buffer =>
  hmac(prk, u16(length), VERSION, suite, ascii(label), info, Buffer.from([1])).subarray(0, length);

const EMPTY = Buffer.alloc(0);

/** Section 4.1: the secret both sides share. */
function sharedSecret(dh: Buffer, enc: Uint8Array, recipient: Uint8Array): Buffer {
  if (dh.every((byte) => byte === 0)) throw new Error("a point of small order is no key");
  const prk = labeledExtract(KEM_SUITE, EMPTY, "eae_prk", dh);
  return labeledExpand(KEM_SUITE, prk, "shared_secret", Buffer.concat([enc, recipient]), KEY_BYTES);
}

/** Section 5.1, mode_base: key and nonce of the first message. */
function keySchedule(secret: Buffer, info: Uint8Array): { key: Buffer; nonce: Buffer } {
  const pskIdHash = labeledExtract(HPKE_SUITE, EMPTY, "psk_id_hash", EMPTY);
  const infoHash = labeledExtract(HPKE_SUITE, EMPTY, "info_hash", info);
  const context = Buffer.concat([Buffer.from([0]), pskIdHash, infoHash]);
  const prk = labeledExtract(HPKE_SUITE, secret, "secret", EMPTY);
  return {
    key: labeledExpand(HPKE_SUITE, prk, "key", context, KEY_BYTES),
    nonce: labeledExpand(HPKE_SUITE, prk, "base_nonce", context, NONCE_BYTES),
  };
}

export interface Bound {
  readonly info: Uint8Array;
  readonly aad: Uint8Array;
}

/** enc ‖ ciphertext ‖ tag. `ephemeral` is for the RFC's vectors; every message has a new one. */
export function sealTo(
  recipient: Uint8Array,
  plaintext: Uint8Array,
  { info, aad }: Bound,
  ephemeral: KeyObject = generateKeyPairSync("x25519").privateKey,
): Buffer {
  const enc = rawPublicKey(ephemeral);
  const dh = diffieHellman({ privateKey: ephemeral, publicKey: publicKeyFrom(recipient) });
  const { key, nonce } = keySchedule(sharedSecret(dh, enc, recipient), info);
  const cipher = createCipheriv(AEAD, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad, { plaintextLength: plaintext.length });
  return Buffer.concat([enc, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Throws on anything that was not sealed to this key, with exactly this info and associated data. */
export function openSealed(privateKey: KeyObject, sealed: Uint8Array, { info, aad }: Bound): Buffer {
  if (sealed.length < POINT_BYTES + TAG_BYTES) throw new Error("too short to be sealed");
  const enc = sealed.subarray(0, POINT_BYTES);
  const dh = diffieHellman({ privateKey, publicKey: publicKeyFrom(enc) });
  const { key, nonce } = keySchedule(sharedSecret(dh, enc, rawPublicKey(privateKey)), info);
  const decipher = createDecipheriv(AEAD, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad, { plaintextLength: sealed.length - POINT_BYTES - TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([
    decipher.update(sealed.subarray(POINT_BYTES, sealed.length - TAG_BYTES)),
    decipher.final(),
  ]);
}
