// Perfect subtrees: the node (level, index) is the root over leaves index·2^level up to (index + 1)·2^level. Sizes and
// indexes are safe integers; powers are multiplied, since shifts end at 32 bits.
import { EMPTY_ROOT, type Hash, nodeHash } from "./hashing.ts";

export interface NodeAt {
  readonly level: number;
  readonly index: number;
}

export interface HashedNode extends NodeAt {
  readonly hash: Hash;
}

/** The fewest perfect subtrees that cover the leaves `begin` up to but not including `end`, left to right. */
export function coveringNodes(begin: number, end: number): NodeAt[] {
  const nodes: NodeAt[] = [];
  for (let at = begin; at < end; ) {
    let level = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      level += 1;
      width *= 2;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/** Appends subtrees left to right, joining siblings; never holds more than one node a level. */
export function joinNodes(nodes: readonly HashedNode[], added: HashedNode): HashedNode[] {
  const joined = [...nodes];
  let top = added;
  for (
    let left = joined.at(-1);
    left && left.level === top.level && top.index % 2 === 1;
    left = joined.at(-1)
  ) {
    joined.pop();
    top = { level: top.level + 1, index: (top.index - 1) / 2, hash: nodeHash(left.hash, top.hash) };
  }
  joined.push(top);
  return joined;
}

/** Root over subtrees that stand side by side, largest first: RFC 6962's tree where they begin at leaf 0. */
export function foldNodes(hashes: readonly Hash[]): Hash {
  if (hashes.length === 0) return EMPTY_ROOT;
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}
