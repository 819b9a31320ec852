// What stands in an unlocked private key, type by type (PROTOCOL.key of OpenSSH): read to its end, and held to its public half. Pure.
import { createECDH, createPrivateKey } from "node:crypto";
import { CURVES, stringsBefore } from "./rules.ts";

const ED25519_PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
const BLOCK = 8;
/** Of a modulus of 16,384 bits with its sign, and of an exponent: beyond, raising to a power would hold everybody else up. */
const MOST = { modulus: 2049, exponent: 8 };

export interface PrivateParts {
  /** Strings of the public half, as its blob has them. */
  readonly publicParts: readonly Buffer[];
  /** Whether the private half is that one's. */
  readonly belongs: boolean;
}

const numberOf = (bytes: Buffer | undefined): bigint => BigInt(`0x0${bytes?.toString("hex") ?? ""}`);

/** The base to the power, by squares. */
function powerOf(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base % modulus];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function ed25519(type: Buffer, [open, secret]: readonly Buffer[]): PrivateParts | null {
  if (open?.length !== 32 || secret?.length !== 64) return null;
  const der = Buffer.concat([ED25519_PKCS8, secret.subarray(0, 32)]);
  const { x = "" } = createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({ format: "jwk" });
  const belongs = Buffer.from(x, "base64url").equals(open) && secret.subarray(32).equals(open);
  return { publicParts: [type, open], belongs };
}

function ecdsa(type: Buffer, [curve, point, secret]: readonly Buffer[]): PrivateParts | null {
  const known = CURVES[type.toString("latin1")];
  if (!known || !curve || !point || !secret || curve.toString("latin1") !== known.name) return null;
  const pair = createECDH(known.openssl);
  try {
    pair.setPrivateKey(secret[0] === 0 ? secret.subarray(1) : secret);
  } catch {
    return null; // no number of this curve
  }
  return { publicParts: [type, curve, point], belongs: pair.getPublicKey().equals(point) };
}

function rsa(type: Buffer, parts: readonly Buffer[]): PrivateParts | null {
  const [modulus, exponent] = parts;
  const [n = 0n, e = 0n, d = 0n, inverse = 0n, p = 0n, q = 0n] = parts.map(numberOf);
  if (!modulus || !exponent || p < 3n || q < 3n || n < 3n) return null;
  if (modulus.length > MOST.modulus || exponent.length > MOST.exponent || d >= n) return null;
  const probe = 2n;
  const belongs = p * q === n && (inverse * q) % p === 1n && powerOf(powerOf(probe, e, n), d, n) === probe;
  return { publicParts: [type, exponent, modulus], belongs };
}

/** How many strings follow the type, and how they are read. */
function formOf(type: string): { count: number; read: typeof rsa } | null {
  if (type === "ssh-ed25519") return { count: 2, read: ed25519 };
  if (type === "ssh-rsa") return { count: 6, read: rsa };
  return CURVES[type] ? { count: 3, read: ecdsa } : null;
}

/** Null where it is not whole. `secrets`: what stands after the public half. */
export function privateParts(secrets: Buffer): PrivateParts | null {
  if (secrets.length < 2 * 4 || secrets.length % BLOCK !== 0) return null;
  if (secrets.readUInt32BE(0) !== secrets.readUInt32BE(4)) return null;
  const [type] = stringsBefore(secrets.subarray(8), 1)?.strings ?? [];
  const form = type && formOf(type.toString("latin1"));
  if (!type || !form) return null;
  // The type, its parts and a comment; then as many bytes as fill the last block: 1, 2, 3 and so on.
  const whole = stringsBefore(secrets.subarray(8), form.count + 2);
  if (whole === null || whole.rest.length >= BLOCK) return null;
  if (whole.rest.some((byte, at) => byte !== at + 1)) return null;
  return form.read(type, whole.strings.slice(1, -1));
}
