// Inclusion and consistency, RFC 9162 section 2.1.3 and 2.1.4. The names follow it.
import { EMPTY_ROOT, HASH_BYTES, type Hash, nodeHash } from "./hashing.ts";
import { coveringNodes, foldNodes, type NodeAt } from "./ranges.ts";

/** Hashes of perfect subtrees by place; tiles on disk, or an array in memory. */
export type NodeSource = (nodes: readonly NodeAt[]) => Promise<Hash[]> | Hash[];

/** Largest power of two below `size`; `size` is at least 2. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

type Range = readonly [begin: number, end: number];

/** Ranges whose roots are the proof, in its order. */
function inclusionRanges(index: number, begin: number, end: number): Range[] {
  if (end - begin === 1) return [];
  const middle = begin + splitOf(end - begin);
  return index < middle
    ? [...inclusionRanges(index, begin, middle), [middle, end]]
    : [...inclusionRanges(index, middle, end), [begin, middle]];
}

function consistencyRanges(old: number, begin: number, end: number, isWhole: boolean): Range[] {
  if (old === end) return isWhole ? [] : [[begin, end]];
  const middle = begin + splitOf(end - begin);
  return old <= middle
    ? [...consistencyRanges(old, begin, middle, isWhole), [middle, end]]
    : [...consistencyRanges(old, middle, end, false), [begin, middle]];
}

async function rootsOf(ranges: readonly Range[], source: NodeSource): Promise<Hash[]> {
  const covers = ranges.map(([begin, end]) => coveringNodes(begin, end));
  const hashes = await source(covers.flat());
  let taken = 0;
  return covers.map((cover) => {
    taken += cover.length;
    return foldNodes(hashes.slice(taken - cover.length, taken));
  });
}

/** Root of the first `size` leaves. */
export async function rootAt(size: number, source: NodeSource): Promise<Hash> {
  return foldNodes(await source(coveringNodes(0, size)));
}

/** That the leaf `index` is in the tree of `size` leaves. Throws where there is no such leaf. */
export function inclusionProof(index: number, size: number, source: NodeSource): Promise<Hash[]> {
  if (!(index >= 0 && index < size)) throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  return rootsOf(inclusionRanges(index, 0, size), source);
}

/** That the tree of `old` leaves is the beginning of the tree of `size`. Empty for 0 and for equal sizes. */
export function consistencyProof(old: number, size: number, source: NodeSource): Promise<Hash[]> {
  if (!(old >= 0 && old <= size)) throw new RangeError(`no tree of ${old} leaves before one of ${size}`);
  return rootsOf(old === 0 ? [] : consistencyRanges(old, 0, size, true), source);
}

/** Hashes of other lengths could be joined into the same bytes as two right ones. */
const areHashes = (...hashes: readonly Hash[]): boolean =>
  hashes.every(({ length }) => length === HASH_BYTES);

/** The root an inclusion proof leads to; null when its length, or that of a hash, does not fit. */
export function rootFromInclusion(
  index: number,
  size: number,
  leaf: Hash,
  proof: readonly Hash[],
): Hash | null {
  if (!(index >= 0 && index < size) || !areHashes(leaf, ...proof)) return null;
  let hash = leaf;
  let left = index;
  let last = size - 1;
  for (const sibling of proof) {
    if (last === 0) return null;
    if (left % 2 === 1 || left === last) {
      hash = nodeHash(sibling, hash);
      while (left % 2 === 0 && left !== 0) {
        left /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    left = Math.floor(left / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : null;
}

/** Whether the proof shows that the tree (old, oldRoot) is the beginning of the tree (size, root). Every tree begins
 *  with the empty one, which needs no proof but has one root only. */
export function isConsistent(
  old: number,
  oldRoot: Hash,
  size: number,
  root: Hash,
  proof: readonly Hash[],
): boolean {
  if (old > size || old < 0 || (old === 0 && !oldRoot.equals(EMPTY_ROOT))) return false;
  if (old === size) return proof.length === 0 && oldRoot.equals(root);
  if (!areHashes(oldRoot, root, ...proof)) return false;
  if (old === 0) return proof.length === 0;
  let left = old - 1;
  let last = size - 1;
  while (left % 2 === 1) {
    left = (left - 1) / 2;
    last = Math.floor(last / 2);
  }
  // Where the old tree is one perfect subtree its root is where the path begins.
  const path = left === 0 ? [oldRoot, ...proof] : [...proof];
  const first = path.shift();
  if (!first) return false;
  let before = first;
  let after = first;
  for (const sibling of path) {
    if (last === 0) return false;
    if (left % 2 === 1 || left === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      while (left % 2 === 0 && left !== 0) {
        left /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      after = nodeHash(after, sibling);
    }
    left = Math.floor(left / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && before.equals(oldRoot) && after.equals(root);
}
