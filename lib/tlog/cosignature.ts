// C2SP tlog-cosignature: that a witness saw the log only grow, and when. Ed25519 signs the whole text behind a header;
// ML-DSA-44 signs a structure with the cosigner's name and the tree, without extension lines.
import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { badInput } from "#lib/errors.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import {
  ED25519,
  ED25519_COSIGNATURE,
  ML_DSA_44_COSIGNATURE,
  newVerifier,
  type SignatureType,
  type Verifier,
} from "./keys.ts";

type CosignatureType = Exclude<SignatureType, typeof ED25519>;

const TIME_BYTES = 8;
const SUBTREE_LABEL = "subtree/v1\n\0";

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** `opaque name<1..2^8-1>`. */
function opaque(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length === 0 || bytes.length > 255) {
    throw badInput("An origin and a cosigner's name have 1 to 255 bytes where ML-DSA-44 signs them.");
  }
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function message(type: CosignatureType, name: string, seconds: number, text: string): Buffer {
  const { origin, size, root } = parseCheckpoint(text);
  if (type === ED25519_COSIGNATURE) return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
  return Buffer.concat([
    Buffer.from(SUBTREE_LABEL),
    opaque(name),
    u64(seconds),
    opaque(origin),
    u64(0),
    u64(size),
    root,
  ]);
}

/** Seconds since the epoch at which a cosignature was made; null where there is no such number in it. */
export function cosignatureTime(signature: Buffer): number | null {
  if (signature.length <= TIME_BYTES) return null;
  const seconds = signature.readBigUInt64BE(0);
  return seconds <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seconds) : null;
}

/** `timestamped_signature`, over the text of a checkpoint. */
export function isCosignature(verifier: Verifier, text: string, signature: Buffer): boolean {
  const seconds = cosignatureTime(signature);
  if (seconds === null || verifier.type === ED25519) return false;
  const signed = message(verifier.type, verifier.name, seconds, text);
  return verify(null, signed, verifier.publicKey, signature.subarray(TIME_BYTES));
}

export interface Cosigner extends Verifier {
  /** The bytes behind the key id; `seconds` since the epoch, not zero. `text` is a checkpoint. */
  cosign(text: string, seconds: number): Buffer;
}

/** An Ed25519 or an ML-DSA-44 key; the type of its cosignatures follows from it. */
export function newCosigner(name: string, privateKey: KeyObject): Cosigner {
  const type = privateKey.asymmetricKeyType === "ml-dsa-44" ? ML_DSA_44_COSIGNATURE : ED25519_COSIGNATURE;
  return {
    ...newVerifier(name, createPublicKey(privateKey), type),
    cosign(text, seconds) {
      if (!Number.isSafeInteger(seconds) || seconds < 1) throw new RangeError(`no time: ${seconds}`);
      return Buffer.concat([u64(seconds), sign(null, message(type, name, seconds, text), privateKey)]);
    },
  };
}
