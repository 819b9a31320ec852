// C2SP signed-note, tlog-checkpoint and tlog-cosignature. Text is kept as octets (binary strings), as the formats want.
import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import type { Hash } from "./tree.ts";

/** A file or a line that is not what it has to be: nothing can be said about the rest. */
export class Unreadable extends Error {}

/** Signature types of signed-note and tlog-cosignature, by whom they belong to. */
const ED25519 = 1;
const ED25519_COSIGNATURE = 4;
const ML_DSA_44_COSIGNATURE = 6;
export const KEY_TYPES = { log: [ED25519], witness: [ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE] } as const;

export interface VerifierKey {
  readonly name: string;
  readonly type: number;
  /** Four bytes. */
  readonly id: string;
  /** Of the public key. */
  readonly bytes: string;
  readonly key: KeyObject;
}

export interface Note {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly id: string; readonly bytes: string }[];
}

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  readonly note: Note;
}

const MAX_NOTE = 256 * 1024;
const MAX_SIGNATURES = 64;
/** The octets, or null unless the text is exactly how they are written in base64. */
export function fromBase64(text: string): string | null {
  const octets = Buffer.from(text, "base64");
  return octets.toString("base64") === text ? octets.toString("binary") : null;
}

function keyOf(type: number, bytes: string): KeyObject | null {
  const text = Buffer.from(bytes, "binary").toString("base64url");
  const isLattice = type === ML_DSA_44_COSIGNATURE;
  if (bytes.length !== (isLattice ? 1312 : 32)) return null;
  const jwk = isLattice
    ? { kty: "AKP", alg: "ML-DSA-44", pub: text }
    : { kty: "OKP", crv: "Ed25519", x: text };
  return createPublicKey({ key: jwk, format: "jwk" });
}

/** `<name>+<id>+<base64 of type and key>`; `role` is what this key has to be for. */
export function parseVerifierKey(text: string, role: keyof typeof KEY_TYPES): VerifierKey {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const octets = fromBase64(encoded ?? "");
  if (name === undefined || id === undefined || !octets)
    throw new Unreadable("a key is not a verifier key of signed-note");
  const [type, bytes] = [octets.charCodeAt(0), octets.slice(1)];
  const types: readonly number[] = KEY_TYPES[role];
  const key = types.includes(type) ? keyOf(type, bytes) : null;
  if (!key) throw new Unreadable(`the key of ${name} has to be of type ${types.join(" or ")}, for a ${role}`);
  const own = hash("sha256", Buffer.from(`${name}\n${octets}`, "binary")).slice(0, 8);
  if (own !== id) throw new Unreadable(`the key of ${name} and its id ${id} do not belong together`);
  return { name, type, id: Buffer.from(id, "hex").toString("binary"), bytes, key };
}

const SIGNATURE = /^\u00e2\u0080\u0094 ([^\s+]+) ([A-Za-z0-9+/=]+)$/;

export function parseNote(octets: string): Note {
  const split = octets.lastIndexOf("\n\n");
  const controls = [...octets.slice(0, MAX_NOTE)].some((octet) => octet < " " && octet !== "\n");
  if (octets.length > MAX_NOTE || controls || split < 1 || !octets.endsWith("\n"))
    throw new Unreadable("the checkpoint is not a signed note");
  const lines = octets.slice(split + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES)
    throw new Unreadable(`the checkpoint has more than ${MAX_SIGNATURES} signatures`);
  const signatures = lines.map((line) => {
    const [, name, encoded] = SIGNATURE.exec(line) ?? [];
    const signature = fromBase64(encoded ?? "");
    if (name === undefined || signature === null || signature.length < 5)
      throw new Unreadable("a signature of the checkpoint is not a line of signed-note");
    return { name, id: signature.slice(0, 4), bytes: signature.slice(4) };
  });
  return { text: octets.slice(0, split + 1), signatures };
}

function headOf(note: Note): Omit<Checkpoint, "note"> {
  const [origin = "", size = "", root = "", ...more] = note.text.slice(0, -1).split("\n");
  const hashed = fromBase64(root);
  if (origin === "" || !/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)))
    throw new Unreadable("the checkpoint names no log, or no size");
  if (hashed?.length !== 32 || more.includes("")) throw new Unreadable("the checkpoint has no root");
  return { origin, size: Number(size), root: hashed };
}

export function parseCheckpoint(octets: string): Checkpoint {
  const note = parseNote(octets);
  return { ...headOf(note), note };
}

/** `opaque text<1..2^8-1>` of octets. */
function opaque(octets: string): Buffer {
  if (octets.length > 255) throw new Unreadable("a name is longer than 255 bytes");
  return Buffer.from(String.fromCharCode(octets.length) + octets, "binary");
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** What a witness signs, tlog-cosignature. */
function cosigned({ name, type }: VerifierKey, note: Note, time: bigint): Buffer {
  if (type === ED25519_COSIGNATURE)
    return Buffer.from(`cosignature/v1\ntime ${time}\n${note.text}`, "binary");
  const { origin, size, root } = headOf(note);
  const tree = [opaque(origin), u64(0n), u64(BigInt(size)), Buffer.from(root, "binary")];
  return Buffer.concat([Buffer.from("subtree/v1\n\0"), opaque(name), u64(time), ...tree]);
}

/** What a key's signature over the note is worth; null where there is none. For a witness the second it names. */
export function signedBy(note: Note, key: VerifierKey): { ok: boolean; time: number } | null {
  const own = note.signatures.filter(({ name, id }) => name === key.name && id === key.id);
  if (own.length === 0) return null;
  const results = own.map(({ bytes }) => {
    const octets = Buffer.from(bytes, "binary");
    if (key.type === ED25519) {
      return { ok: verify(null, Buffer.from(note.text, "binary"), key.key, octets), time: 0 };
    }
    const time = octets.length > 8 ? octets.readBigUInt64BE(0) : 2n ** 64n;
    const ok = time < 2n ** 53n && verify(null, cosigned(key, note, time), key.key, octets.subarray(8));
    return { ok, time: Number(time) };
  });
  return { ok: results.every(({ ok }) => ok), time: Math.max(...results.map(({ time }) => time)) };
}
