// The Merkle tree of RFC 6962, section 2.1. A hash is its 32 bytes as a binary string: compared by ===, and several
// times quicker to make and to copy than a buffer.
import { hash } from "node:crypto";

export type Hash = string;

const NODE = Buffer.alloc(65, 1);

export const sha256 = (bytes: Uint8Array): Hash => hash("sha256", bytes, "binary");
export const hexOf = (bytes: Hash): string => Buffer.from(bytes, "binary").toString("hex");
export const hashOfHex = (hex: string): Hash => Buffer.from(hex, "hex").toString("binary");

/** `bytes` begin with the 0x00 that makes them a leaf. */
export const leafHash = sha256;

export function nodeHash(left: Hash, right: Hash): Hash {
  NODE.write(left, 1, "binary");
  NODE.write(right, 33, "binary");
  return sha256(NODE);
}

export type Cover = ReturnType<typeof createCover>;

/** Grows a tree to the right and keeps one hash for each one-bit of its size. */
export function createCover() {
  const hashes: Hash[] = [];
  let size = 0;
  return {
    /** Leaves covered so far. */
    get size(): number {
      return size;
    },
    /** The next subtree of 2^level leaves to the right. False where no perfect subtree of that size can begin here. */
    append(level: number, hash: Hash): boolean {
      const width = 2 ** level;
      let index = size / width;
      if (!Number.isInteger(index) || !Number.isSafeInteger(size + width)) return false;
      let top = hash;
      for (; index % 2 === 1; index = (index - 1) / 2) top = nodeHash(hashes.pop() ?? "", top);
      hashes.push(top);
      size += width;
      return true;
    },
    /** Root of the tree over what is covered. */
    root: (): Hash =>
      hashes.length === 0 ? sha256(Buffer.alloc(0)) : hashes.reduceRight((r, l) => nodeHash(l, r)),
  };
}

/** The root an inclusion proof leads to, from the leaf's sibling upwards; null where its length does not fit. */
export function rootOfProof(index: number, size: number, leaf: Hash, path: readonly Hash[]): Hash | null {
  if (size <= 1) return size === 1 && index === 0 && path.length === 0 ? leaf : null;
  const sibling = path.at(-1);
  if (sibling === undefined) return null;
  let split = 1;
  while (split * 2 < size) split *= 2;
  const isLeft = index < split;
  const [at, width] = isLeft ? [index, split] : [index - split, size - split];
  const below = rootOfProof(at, width, leaf, path.slice(0, -1));
  if (below === null) return null;
  return isLeft ? nodeHash(below, sibling) : nodeHash(sibling, below);
}
