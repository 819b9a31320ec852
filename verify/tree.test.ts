// The verifier's tree against the writer's, which shares no code with it, and both against RFC 6962's words.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leafHash as writersLeaf } from "#lib/tlog/hashing.ts";
import { memoryTree } from "#lib/tlog/memory-tree.ts";
import { inclusionProof } from "#lib/tlog/proofs.ts";
import { coveringNodes } from "#lib/tlog/ranges.ts";
import { inclusionPath, leafOf, treeHead } from "./testing/build.ts";
import { createCover, hashOfHex, hexOf, leafHash, rootOfProof } from "./tree.ts";

const SIZE = 10_000;
const leaves = Array.from({ length: SIZE }, (_, at) => writersLeaf(Buffer.from(`leaf ${at}`)));
const hashes = leaves.map((leaf) => leaf.toString("binary"));

describe("the tree", () => {
  test("grows leaf by leaf through the same roots as the writer's, 0 to 10,000", async () => {
    const cover = createCover();
    const { source } = memoryTree(leaves);
    for (let size = 0; size <= SIZE; size++) {
      expect(cover.size).toBe(size);
      if (size % 97 === 0 || size < 300 || size > SIZE - 10) {
        const writers = memoryTree(leaves.slice(0, size)).root;
        expect(hexOf(cover.root())).toBe(writers.toString("hex"));
      }
      if (size < SIZE) cover.append(0, hashes[size] ?? "");
    }
    expect(hexOf(cover.root())).toBe(treeHead(leaves).toString("hex"));
    expect(source([])).toEqual([]);
  });

  test("is the same from any subtrees that cover it", () => {
    const { source } = memoryTree(leaves);
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: SIZE - 1 }), { maxLength: 20 });
    fc.assert(
      fc.property(cuts, (inner) => {
        const borders = [0, ...inner.sort((a, b) => a - b), SIZE];
        const cover = createCover();
        for (let at = 1; at < borders.length; at++) {
          const nodes = coveringNodes(borders[at - 1] ?? 0, borders[at] ?? 0);
          for (const [number, hash] of source(nodes).entries())
            expect(cover.append(nodes[number]?.level ?? 0, hash.toString("binary"))).toBe(true);
        }
        expect(hexOf(cover.root())).toBe(treeHead(leaves).toString("hex"));
      }),
      { numRuns: 50 },
    );
  });

  test("probe: a subtree that cannot begin here is refused", () => {
    const cover = createCover();
    expect(cover.append(0, hashes[0] ?? "")).toBe(true);
    for (const level of [1, 2, 52, 60]) expect(cover.append(level, hashes[1] ?? "")).toBe(false);
    expect(cover.size).toBe(1);
  });

  test("a leaf is not a node", () => {
    expect(hexOf(leafHash(Buffer.from("\0x")))).toBe(leafOf("x").toString("hex"));
    expect(hashOfHex(leafOf("x").toString("hex"))).toBe(leafHash(Buffer.from("\0x")));
  });
});

describe("an inclusion proof", () => {
  test("leads to the root exactly for its leaf, place and size", async () => {
    const places = fc
      .integer({ min: 1, max: 300 })
      .chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));
    await fc.assert(
      fc.asyncProperty(places, fc.nat(300), async ([size, index], other) => {
        const part = leaves.slice(0, size);
        const root = treeHead(part).toString("binary");
        const path = inclusionPath(index, part).map((hash) => hash.toString("binary"));
        const writers = await inclusionProof(index, size, memoryTree(part).source);
        expect(path).toEqual(writers.map((hash) => hash.toString("binary")));
        expect(rootOfProof(index, size, hashes[index] ?? "", path)).toBe(root);
        if (other !== index) expect(rootOfProof(other, size, hashes[index] ?? "", path)).not.toBe(root);
        expect(rootOfProof(index, size, hashes[index] ?? "", [...path, root])).not.toBe(root);
        if (path.length > 0)
          expect(rootOfProof(index, size, hashes[index] ?? "", path.slice(1))).not.toBe(root);
      }),
    );
  });
});
