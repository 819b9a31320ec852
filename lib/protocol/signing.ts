// How a runner proves that a request is its own: Ed25519 over `signedText`. The plane knows the public key from the
// registration. A copied request stays valid for the skew; what it can do twice is harmless by the protocol.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import { SECOND } from "../clock.ts";
import { type SignedParts, signedText } from "./schema.ts";

/** Names of the headers, as Node's HTTP server gives them. `attempt` is only sent with uploads. */
export const HEADERS = {
  runner: "ph-runner",
  time: "ph-time",
  sha256: "ph-sha256",
  signature: "ph-signature",
  attempt: "ph-attempt",
  /** Bytes of a bundle sent to a runner: a server in between may drop content-length from a stream. */
  length: "ph-length",
} as const;

/** How far the clocks of runner and plane may differ, milliseconds. */
export const MAX_SKEW = 60 * SECOND;

/** Hex SHA-256 of no bytes: what a request without a body signs. */
export const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export interface RunnerKeys {
  /** PKCS#8, PEM. */
  readonly privateKey: string;
  /** SPKI DER in base64, as registered. */
  readonly publicKey: string;
}

export function newRunnerKeys(): RunnerKeys {
  const pair = generateKeyPairSync("ed25519");
  return {
    privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: pair.publicKey.export({ type: "spki", format: "der" }).toString("base64"),
  };
}

/** Throws when the text is not an Ed25519 private key. */
export function readPrivateKey(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== "ed25519") throw new Error("The private key is not an Ed25519 key.");
  return key;
}

/** The signature of one request, base64. */
export const sign = (parts: SignedParts, privateKey: KeyObject): string =>
  signBytes(null, Buffer.from(signedText(parts)), privateKey).toString("base64");

export type SignatureFault = "malformed" | "clock" | "signature";

export interface Verification {
  readonly parts: SignedParts;
  /** As received. */
  readonly signature: string;
  /** SPKI DER in base64, as registered. */
  readonly publicKey: string;
  /** The verifier's time, milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds either way. */
  readonly skew: number;
}

/** Null when the request is the runner's own and recent; else why not. Pure; the body's hash is the caller's to check. */
export function verify({ parts, signature, publicKey, now, skew }: Verification): SignatureFault | null {
  const bytes = wellFormed(parts) ? exactBase64(signature, 64) : null;
  const key = readPublicKey(publicKey);
  if (bytes === null || key === null) return "malformed";
  if (!verifyBytes(null, Buffer.from(signedText(parts)), key, bytes)) return "signature";
  return Math.abs(now - Number(parts.time)) <= skew ? null : "clock";
}

/** No field may hold the separator, so two different requests never sign the same text. */
function wellFormed(parts: SignedParts): boolean {
  return (
    /^[A-Z]{3,7}$/.test(parts.method) &&
    /^\/[\x21-\x7e]{0,2000}$/.test(parts.path) &&
    /^[\x21-\x7e]{1,100}$/.test(parts.runnerId) &&
    /^[1-9][0-9]{0,14}$/.test(parts.time) &&
    /^[0-9a-f]{64}$/.test(parts.sha256)
  );
}

/** Node's decoder skips what is not base64; a signature has exactly one accepted spelling. */
function exactBase64(text: string, length: number): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.length === length && bytes.toString("base64") === text ? bytes : null;
}

/** Keys that were read: reading one takes as long as a signature with it. */
const keys = new Map<string, KeyObject>();
const MOST_KEYS = 1000;

/** Null when the text is not exactly one Ed25519 public key. For the registration and for every request. */
export function readPublicKey(base64: string): KeyObject | null {
  const known = keys.get(base64);
  if (known) return known;
  const key = parsedPublicKey(base64);
  if (keys.size >= MOST_KEYS) keys.clear();
  if (key) keys.set(base64, key);
  return key;
}

function parsedPublicKey(base64: string): KeyObject | null {
  const der = exactBase64(base64, 44);
  if (der === null || !der.subarray(0, 12).equals(ED25519_SPKI_PREFIX)) return null;
  return createPublicKey({ key: der, format: "der", type: "spki" });
}

// RFC 8410: SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING (32 bytes) }.
const ED25519_SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
