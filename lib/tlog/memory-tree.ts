// A tree small enough to be hashed whole: the events of a batch, and what tests compare with.
import { type Hash, nodeHash } from "./hashing.ts";
import { coveringNodes, foldNodes, type NodeAt } from "./ranges.ts";

export interface MemoryTree {
  readonly size: number;
  readonly root: Hash;
  /** A NodeSource that needs no waiting. */
  readonly source: (nodes: readonly NodeAt[]) => Hash[];
}

/** `leaves` are leaf hashes. */
export function memoryTree(leaves: readonly Hash[]): MemoryTree {
  const levels: Hash[][] = [[...leaves]];
  for (let below = levels[0] ?? []; below.length > 1; below = levels.at(-1) ?? []) {
    const level: Hash[] = [];
    for (let at = 0; at + 1 < below.length; at += 2) {
      level.push(nodeHash(below[at] as Hash, below[at + 1] as Hash));
    }
    levels.push(level);
  }
  const source = (nodes: readonly NodeAt[]): Hash[] =>
    nodes.map(({ level, index }) => {
      const hash = levels[level]?.[index];
      if (!hash) throw new RangeError(`no node ${index} on level ${level} of a tree of ${leaves.length}`);
      return hash;
    });
  return { size: leaves.length, root: foldNodes(source(coveringNodes(0, leaves.length))), source };
}
