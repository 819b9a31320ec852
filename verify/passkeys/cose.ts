// Public keys as authenticators write them: COSE_Key (RFC 9052, RFC 9053), of the three algorithms that are taken.
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";

/** CBOR (RFC 8949) of what such a key holds: a map of whole numbers to whole numbers and bytes. Null for anything else. */
function readMap(bytes: Buffer): Map<number, number | Buffer> | null {
  let at = 0;
  const head = (): readonly [major: number, value: number] | null => {
    const first = bytes[at++];
    if (first === undefined) return null;
    const [major, short] = [first >> 5, first & 0x1f];
    if (short < 24) return [major, short];
    const size = short === 24 ? 1 : short === 25 ? 2 : 0;
    if (size === 0 || at + size > bytes.length) return null;
    at += size;
    return [major, bytes.readUIntBE(at - size, size)];
  };
  const item = (): number | Buffer | null => {
    const [major, value] = head() ?? [7, 0];
    if (major === 0) return value;
    if (major === 1) return -1 - value;
    if (major !== 2 || at + value > bytes.length) return null;
    at += value;
    return bytes.subarray(at - value, at);
  };
  const [major, pairs] = head() ?? [7, 0];
  if (major !== 5) return null;
  const map = new Map<number, number | Buffer>();
  for (let pair = 0; pair < pairs; pair++) {
    const [label, value] = [item(), item()];
    if (typeof label !== "number" || value === null || map.has(label)) return null;
    map.set(label, value);
  }
  return at === bytes.length ? map : null;
}

const [KTY, ALG, CRV, X, Y] = [1, 3, -1, -2, -3];

/** Checks a signature over bytes. */
export type Checker = (signed: Uint8Array, signature: Uint8Array) => boolean;

function keyOf(jwk: Record<string, string>): KeyObject | null {
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    return null;
  }
}

/** Null where it is no key of ES256, EdDSA (Ed25519) or RS256. */
export function checkerOf(cose: Buffer): Checker | null {
  const map = readMap(cose);
  const text = (label: number): string => {
    const value = map?.get(label);
    return Buffer.isBuffer(value) ? value.toString("base64url") : "";
  };
  const is = (kty: number, alg: number) => map?.get(KTY) === kty && map.get(ALG) === alg;
  const checking = (jwk: Record<string, string>, hash: "sha256" | null): Checker | null => {
    const key = keyOf(jwk);
    return key && ((signed, signature) => verify(hash, signed, key, signature));
  };
  if (is(2, -7) && map?.get(CRV) === 1)
    return checking({ kty: "EC", crv: "P-256", x: text(X), y: text(Y) }, "sha256");
  if (is(1, -8) && map?.get(CRV) === 6) return checking({ kty: "OKP", crv: "Ed25519", x: text(X) }, null);
  if (is(3, -257)) return checking({ kty: "RSA", n: text(-1), e: text(X) }, "sha256");
  return null;
}

export const hexDigest = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");
