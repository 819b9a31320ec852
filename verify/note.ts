// C2SP signed-note, tlog-checkpoint and cosignature/v1. Text is kept as octets (binary strings), as the formats want.
import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import type { Hash } from "./tree.ts";

/** A file or a line that is not what it has to be: nothing can be said about the rest. */
export class Unreadable extends Error {}

export const KEY_TYPE = { log: 1, witness: 4 } as const;
export type KeyType = (typeof KEY_TYPE)[keyof typeof KEY_TYPE];

export interface VerifierKey {
  readonly name: string;
  readonly type: KeyType;
  /** Four bytes. */
  readonly id: string;
  /** The 32 bytes of the Ed25519 key. */
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

const MAX_NOTE = 65_536;
const MAX_SIGNATURES = 64;
/** SubjectPublicKeyInfo of an Ed25519 key up to its 32 bytes, RFC 8410. */
const SPKI = Buffer.from("302a300506032b6570032100", "hex");

/** The octets, or null unless the text is exactly how they are written in base64. */
export function fromBase64(text: string): string | null {
  const octets = Buffer.from(text, "base64");
  return octets.toString("base64") === text ? octets.toString("binary") : null;
}

/** `<name>+<id>+<base64 of type and key>`; `type` is what this key has to be. */
export function parseVerifierKey(text: string, type: KeyType): VerifierKey {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const octets = fromBase64(encoded ?? "");
  if (name === undefined || id === undefined || !octets)
    throw new Unreadable("a key is not a verifier key of signed-note");
  const bytes = octets.slice(1);
  if (octets.charCodeAt(0) !== type || bytes.length !== 32)
    throw new Unreadable(`the key of ${name} has to be Ed25519 of type ${type} (1: log, 4: witness)`);
  const own = hash("sha256", Buffer.from(`${name}\n${octets}`, "binary")).slice(0, 8);
  if (own !== id) throw new Unreadable(`the key of ${name} and its id ${id} do not belong together`);
  const der = Buffer.concat([SPKI, Buffer.from(bytes, "binary")]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
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

export function parseCheckpoint(octets: string): Checkpoint {
  const note = parseNote(octets);
  const [origin = "", size = "", root = "", ...more] = note.text.slice(0, -1).split("\n");
  const hashed = fromBase64(root);
  if (origin === "" || !/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)))
    throw new Unreadable("the checkpoint names no log, or no size");
  if (hashed?.length !== 32 || more.includes("")) throw new Unreadable("the checkpoint has no root");
  return { origin, size: Number(size), root: hashed, note };
}

/** What a key's signature over the note is worth; null where there is none. For a witness the second it names. */
export function signedBy({ text, signatures }: Note, key: VerifierKey): { ok: boolean; time: number } | null {
  const own = signatures.filter(({ name, id }) => name === key.name && id === key.id);
  if (own.length === 0) return null;
  const results = own.map(({ bytes }) => {
    const octets = Buffer.from(bytes, "binary");
    if (key.type === KEY_TYPE.log)
      return { ok: octets.length === 64 && isSigned(key, text, octets), time: 0 };
    if (octets.length !== 72) return { ok: false, time: 0 };
    const time = octets.readBigUInt64BE(0);
    const ok = time < 2n ** 53n && isSigned(key, `cosignature/v1\ntime ${time}\n${text}`, octets.subarray(8));
    return { ok, time: Number(time) };
  });
  return { ok: results.every(({ ok }) => ok), time: Math.max(...results.map(({ time }) => time)) };
}

const isSigned = ({ key }: VerifierKey, message: string, signature: Uint8Array): boolean =>
  verify(null, Buffer.from(message, "binary"), key, signature);
