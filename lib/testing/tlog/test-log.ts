// A small log in memory with a key of its own: what a witness or a reader is shown in tests, truly or not.
import { generateKeyPairSync } from "node:crypto";
import { formatCheckpoint } from "#lib/tlog/checkpoint.ts";
import { type Hash, leafHash } from "#lib/tlog/hashing.ts";
import { formatVerifier } from "#lib/tlog/keys.ts";
import { memoryTree } from "#lib/tlog/memory-tree.ts";
import { newSigner, type Signer, signNote } from "#lib/tlog/note.ts";
import { consistencyProof } from "#lib/tlog/proofs.ts";

export interface TestLog {
  readonly signer: Signer;
  /** Its verifier key as text. */
  readonly vkey: string;
  root(size: number): Hash;
  /** The signed checkpoint of its first `size` entries. */
  note(size: number): string;
  proof(old: number, size: number): Promise<Hash[]>;
  /** The body of add-checkpoint. */
  request(old: number, size: number): Promise<string>;
  /** A log with the same key that differs from the entry `index` on. */
  forkedAt(index: number): TestLog;
}

const SIZE = 600;

function logOf(signer: Signer, entryOf: (index: number) => string): TestLog {
  const leaves = Array.from({ length: SIZE }, (_, index) => leafHash(Buffer.from(entryOf(index))));
  const { source } = memoryTree(leaves);
  const root = (size: number): Hash => memoryTree(leaves.slice(0, size)).root;
  const note = (size: number): string =>
    signNote(formatCheckpoint({ origin: signer.name, size, root: root(size) }), [signer]);
  const proof = (old: number, size: number) => consistencyProof(old, size, source);
  return {
    signer,
    vkey: formatVerifier(signer.name, signer.publicKey, signer.type),
    root,
    note,
    proof,
    async request(old, size) {
      const lines = (await proof(old, size)).map((hash) => `${hash.toString("base64")}\n`);
      return `old ${old}\n${lines.join("")}\n${note(size)}`;
    },
    forkedAt: (index) => logOf(signer, (at) => (at < index ? entryOf(at) : `forged ${at}`)),
  };
}

/** Up to 600 entries. */
export function testLog(origin: string): TestLog {
  const signer = newSigner(origin, generateKeyPairSync("ed25519").privateKey);
  return logOf(signer, (index) => `entry ${index}`);
}
