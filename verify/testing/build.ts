// Bundles made by hand for the tests, straight from the definitions: slow, and not by the verifier's own code.
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** RFC 8785 for what tests hold: keys sorted, no fractions. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value as { readonly [key: string]: Json });
  return `{${members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`)
    .join(",")}}`;
}

export const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const leafOf = (text: string): Buffer => sha256("\0", text);

/** MTH of RFC 6962, as it is written there. */
export function treeHead(leaves: readonly Buffer[]): Buffer {
  if (leaves.length <= 1) return leaves[0] ?? sha256();
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256("\x01", treeHead(leaves.slice(0, split)), treeHead(leaves.slice(split)));
}

/** PATH of RFC 6962. */
export function inclusionPath(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length <= 1) return [];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionPath(index, left), treeHead(right)]
    : [...inclusionPath(index - split, right), treeHead(left)];
}

export interface Signer {
  readonly name: string;
  readonly vkey: string;
  /** Signature lines for a checkpoint's text. */
  cosign(text: string): string;
}

function idOf(name: string, type: number, key: Buffer): Buffer {
  return sha256(`${name}\n`, Buffer.of(type), key).subarray(0, 4);
}

function rawOf(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" }).subarray(-32);
}

export function createSigner(name: string, role: "log" | "witness", time = 1_800_000_000): Signer {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const type = role === "log" ? 1 : 4;
  const raw = rawOf(publicKey);
  const id = idOf(name, type, raw);
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(time));
  return {
    name,
    vkey: `${name}+${id.toString("hex")}+${Buffer.concat([Buffer.of(type), raw]).toString("base64")}`,
    cosign(text) {
      const message = role === "log" ? text : `cosignature/v1\ntime ${time}\n${text}`;
      const signature = sign(null, Buffer.from(message), privateKey);
      const parts = role === "log" ? [id, signature] : [id, stamp, signature];
      return `\u2014 ${name} ${Buffer.concat(parts).toString("base64")}\n`;
    },
  };
}

export function checkpointNote(
  origin: string,
  leaves: readonly Buffer[],
  signers: readonly Signer[],
): string {
  const text = `${origin}\n${leaves.length}\n${treeHead(leaves).toString("base64")}\n`;
  return `${text}\n${signers.map((signer) => signer.cosign(text)).join("")}`;
}

export interface Leaf {
  readonly body: string;
  /** Lines that follow it. */
  readonly attached?: readonly Json[];
  /** Left out, and stands there by hash. */
  readonly isHidden?: boolean;
}

/** The lines for leaves that are left out: the largest perfect subtrees. */
function nodeLines(leaves: readonly Buffer[], from: number, to: number): Json[] {
  const lines: Json[] = [];
  for (let at = from; at < to; ) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level++;
    const width = 2 ** level;
    const hash = treeHead(leaves.slice(at, at + width)).toString("hex");
    lines.push({ type: "node", level, index: at / width, hash });
    at += width;
  }
  return lines;
}

export interface BundleParts {
  readonly origin: string;
  readonly leaves: readonly Leaf[];
  readonly signers: readonly Signer[];
  readonly about?: "export" | "dossier" | "proof";
  readonly blobs?: boolean;
}

export const hashesOf = (leaves: readonly Leaf[]): Buffer[] => leaves.map(({ body }) => leafOf(body));

/** The lines of a bundle without their newlines, the end line included. */
export function bundleLines({
  origin,
  leaves,
  signers,
  about = "export",
  blobs = true,
}: BundleParts): string[] {
  const hashes = hashesOf(leaves);
  const checkpoint = checkpointNote(origin, hashes, signers);
  const epoch = Number(origin.split("/").at(-1));
  const lines: Json[] = [
    {
      type: "header",
      format: "pilothouse-log/1",
      origin,
      epoch,
      size: leaves.length,
      checkpoint,
      about,
      blobs,
    },
  ];
  let shown = 0;
  for (const [index, { body, attached = [], isHidden = false }] of leaves.entries()) {
    if (isHidden) continue;
    lines.push(...nodeLines(hashes, shown, index), { type: "entry", index, body }, ...attached);
    shown = index + 1;
  }
  lines.push(...nodeLines(hashes, shown, leaves.length));
  return [...lines, { type: "end", lines: lines.length }].map(canonical);
}

export const fileOf = (lines: readonly string[]): Buffer =>
  Buffer.from(lines.map((line) => `${line}\n`).join(""), "utf8");

/** The bytes in pieces of `size`, as a stream gives them. */
export async function* streamed(file: Uint8Array, size = 1 << 16): AsyncGenerator<Buffer> {
  for (let at = 0; at < file.length; at += size) yield Buffer.from(file.subarray(at, at + size));
}
