// C2SP signed-note, tlog-checkpoint and tlog-cosignature. Texts are kept as octets (binary strings), as the formats want.
import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import { Unreadable } from "./report.ts";
import type { Hash } from "./tree.ts";

/** Signature types of signed-note and tlog-cosignature, by whom they belong to. */
const [ED25519, ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE] = [1, 4, 6];
const KEY_TYPES = { log: [ED25519], witness: [ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE] };
const MAX_NOTE = 256 * 1024;
const MAX_SIGNATURES = 64;

export interface VerifierKey {
  readonly name: string;
  readonly type: number;
  /** Eight hex digits. */
  readonly id: string;
  /** The public key in base64, and as it is used. */
  readonly written: string;
  readonly key: KeyObject;
}

export interface Note {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly id: string; readonly bytes: Buffer }[];
}

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  readonly note: Note;
}

/** Null unless the text is exactly how the bytes are written in base64. */
export function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

/** `<name>+<id>+<base64 of type and key>`; `role` is what this key has to be for. */
export function parseVerifierKey(text: string, role: keyof typeof KEY_TYPES): VerifierKey {
  const [, name, id, encoded = ""] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const bytes = fromBase64(encoded);
  if (name === undefined || id === undefined || !bytes)
    throw new Unreadable("a key is not a verifier key of signed-note");
  const type = bytes[0] ?? 0;
  const types = KEY_TYPES[role];
  if (!types.includes(type) || bytes.length !== (type === ML_DSA_44_COSIGNATURE ? 1313 : 33))
    throw new Unreadable(`the key of ${name} has to be of type ${types.join(" or ")}, for a ${role}`);
  const named = Buffer.concat([Buffer.from(`${name}\n`, "binary"), bytes]);
  if (hash("sha256", named).slice(0, 8) !== id)
    throw new Unreadable(`the key of ${name} and its id ${id} do not belong together`);
  const written = bytes.toString("base64url", 1);
  const isLattice = type === ML_DSA_44_COSIGNATURE;
  const jwk = isLattice
    ? { kty: "AKP", alg: "ML-DSA-44", pub: written }
    : { kty: "OKP", crv: "Ed25519", x: written };
  return { name, type, id, written, key: createPublicKey({ key: jwk, format: "jwk" }) };
}

export function parseNote(octets: string): Note {
  const split = octets.lastIndexOf("\n\n");
  const isShort = octets.length <= MAX_NOTE;
  if (!isShort || /[^\n\x20-\xff]/.test(octets) || split < 1 || !octets.endsWith("\n"))
    throw new Unreadable("the checkpoint is not a signed note");
  const lines = octets.slice(split + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES)
    throw new Unreadable(`the checkpoint has more than ${MAX_SIGNATURES} signatures`);
  const signatures = lines.map((line) => {
    const [, name, encoded = ""] = /^\xe2\x80\x94 ([^\s+]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
    const bytes = fromBase64(encoded);
    if (name === undefined || bytes === null || bytes.length < 5)
      throw new Unreadable("a signature of the checkpoint is not a line of signed-note");
    return { name, id: bytes.toString("hex", 0, 4), bytes: bytes.subarray(4) };
  });
  return { text: octets.slice(0, split + 1), signatures };
}

export function parseCheckpoint(octets: string): Checkpoint {
  const note = parseNote(octets);
  return { ...headOf(note), note };
}

function headOf({ text }: Note): Omit<Checkpoint, "note"> {
  const [origin = "", size = "", root = "", ...more] = text.slice(0, -1).split("\n");
  const hashed = fromBase64(root);
  if (origin === "" || !/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)))
    throw new Unreadable("the checkpoint names no log, or no size");
  if (hashed?.length !== 32 || more.includes("")) throw new Unreadable("the checkpoint has no root");
  return { origin, size: Number(size), root: hashed.toString("binary") };
}

/** What a key's signature over the note is worth; null where there is none. For a witness the second it names. */
export function signedBy(note: Note, key: VerifierKey): { ok: boolean; time: number } | null {
  const own = note.signatures.filter(({ name, id }) => name === key.name && id === key.id);
  if (own.length === 0) return null;
  const results = own.map(({ bytes }) => {
    if (key.type === ED25519) return { ok: verify(null, octetsOf(note.text), key.key, bytes), time: 0 };
    const time = bytes.length > 8 ? bytes.readBigUInt64BE(0) : 2n ** 64n;
    const ok = time < 2n ** 53n && verify(null, cosigned(key, note, time), key.key, bytes.subarray(8));
    return { ok, time: Number(time) };
  });
  return { ok: results.every(({ ok }) => ok), time: Math.max(...results.map(({ time }) => time)) };
}

/** What a witness signs, tlog-cosignature. */
function cosigned({ name, type }: VerifierKey, note: Note, time: bigint): Buffer {
  if (type === ED25519_COSIGNATURE) return octetsOf(`cosignature/v1\ntime ${time}\n${note.text}`);
  const { origin, size, root } = headOf(note);
  const tree = [opaque(origin), u64(0n), u64(BigInt(size)), octetsOf(root)];
  return Buffer.concat([octetsOf("subtree/v1\n\0"), opaque(name), u64(time), ...tree]);
}

const octetsOf = (text: string): Buffer => Buffer.from(text, "binary");

/** `opaque text<1..2^8-1>` of octets. */
function opaque(octets: string): Buffer {
  if (octets.length > 255) throw new Unreadable("a name is longer than 255 bytes");
  return octetsOf(String.fromCharCode(octets.length) + octets);
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
