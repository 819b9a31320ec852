import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reference, turnsOfPath, turnsOfProof } from "#lib/testing/tlog/reference.ts";
import { EMPTY_ROOT, leafHash } from "./hashing.ts";
import { memoryTree } from "./memory-tree.ts";
import { consistencyProof, inclusionProof, isConsistent, rootAt, rootFromInclusion } from "./proofs.ts";
import { foldNodes, type HashedNode, joinNodes } from "./ranges.ts";

const LARGEST = 10_000;
const DATA = Array.from({ length: LARGEST }, (_, at) => Buffer.from(`entry ${at * 7919}`));
const LEAVES = DATA.map(leafHash);
const { MTH, PATH, PROOF } = reference(DATA);
const tree = memoryTree(LEAVES);

const leaf = (at: number): Buffer => LEAVES[at] as Buffer;
const sizes = fc.integer({ min: 1, max: LARGEST });
/** A leaf and a tree that has it; small trees as often as large ones. */
const places = fc
  .oneof(fc.integer({ min: 1, max: 40 }), sizes)
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));
const growths = fc
  .oneof(fc.integer({ min: 1, max: 40 }), sizes)
  .chain((size) => fc.record({ size: fc.constant(size), old: fc.integer({ min: 1, max: size }) }));

const flipped = (hash: Buffer, bit: number): Buffer => {
  const bytes = Buffer.from(hash);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return bytes;
};

/** Everything a proof can be changed into: a bit, the order, the number, the length of a hash. */
function damaged(proof: readonly Buffer[], at: number, bit: number): Buffer[][] {
  const place = proof.length === 0 ? 0 : at % proof.length;
  const added = [proof.toSpliced(place, 0, Buffer.alloc(32)), [...proof, leaf(0)]];
  const hash = proof[place];
  if (!hash) return added;
  const next = proof[(place + 1) % proof.length] as Buffer;
  const swapped = proof.with(place, next).with((place + 1) % proof.length, hash);
  return [
    ...added,
    proof.with(place, flipped(hash, bit)),
    proof.with(place, hash.subarray(0, 31)),
    proof.with(place, Buffer.concat([hash, Buffer.of(0)])),
    proof.toSpliced(place, 1),
    [...proof, hash],
    ...(hash.equals(next) ? [] : [swapped]),
  ];
}

describe("the root", () => {
  test("is that of RFC 6962 at every size up to 10,000, joined leaf by leaf and read from nodes", async () => {
    let nodes: HashedNode[] = [];
    expect(EMPTY_ROOT.equals(MTH(0, 0))).toBe(true);
    for (let size = 1; size <= LARGEST; size += 1) {
      nodes = joinNodes(nodes, { level: 0, index: size - 1, hash: leaf(size - 1) });
      const root = foldNodes(nodes.map(({ hash }) => hash));
      if (!root.equals(MTH(0, size)) || !root.equals(await rootAt(size, tree.source))) {
        expect.fail(`the roots of size ${size} differ`);
      }
    }
    expect(tree.root.equals(MTH(0, LARGEST))).toBe(true);
  });

  test("probe: is another one when a leaf passes for a node or a node for a leaf", () => {
    const [left, right] = [leaf(0), leaf(1)];
    const node = memoryTree([left, right]).root;
    expect(leafHash(Buffer.concat([left, right])).equals(node)).toBe(false);
    expect(memoryTree([node]).root.equals(memoryTree([leafHash(node)]).root)).toBe(false);
  });
});

describe("an inclusion proof", () => {
  test("is PATH of RFC 6962, and leads to the root", async () => {
    await fc.assert(
      fc.asyncProperty(places, async ({ index, size }) => {
        const proof = await inclusionProof(index, size, tree.source);
        expect(proof).toEqual(PATH(index, 0, size));
        expect(rootFromInclusion(index, size, leaf(index), proof)).toEqual(MTH(0, size));
      }),
      { numRuns: 1000, seed: 3 },
    );
  });

  test("probe: leads elsewhere with any changed bit, hash, order or length of it, and for another leaf", () => {
    fc.assert(
      fc.property(places, fc.nat(255), fc.nat(20), ({ index, size }, bit, at) => {
        const root = MTH(0, size);
        const proof = PATH(index, 0, size);
        for (const other of damaged(proof, at, bit)) {
          expect(rootFromInclusion(index, size, leaf(index), other)).not.toEqual(root);
        }
        expect(rootFromInclusion(index, size, flipped(leaf(index), bit), proof)).not.toEqual(root);
      }),
      { numRuns: 1000, seed: 4 },
    );
  });

  // A size with the same turns gives the same root: what binds the size is the checkpoint that names both.
  test("probe: leads elsewhere from another index, and at another size unless the path turns the same way", () => {
    fc.assert(
      fc.property(places, fc.nat(LARGEST), sizes, ({ index, size }, otherIndex, otherSize) => {
        const root = MTH(0, size);
        const proof = PATH(index, 0, size);
        if (otherIndex !== index) {
          expect(rootFromInclusion(otherIndex, size, leaf(index), proof)).not.toEqual(root);
        }
        const leads = !!rootFromInclusion(index, otherSize, leaf(index), proof)?.equals(root);
        expect(leads).toBe(index < otherSize && turnsOfPath(index, otherSize) === turnsOfPath(index, size));
      }),
      { numRuns: 1000, seed: 5 },
    );
  });

  test("probe: there is none for a leaf that is not there", () => {
    for (const [index, size] of [
      [5, 5],
      [-1, 5],
      [0, 0],
      [Number.NaN, 5],
    ] as const) {
      expect(() => inclusionProof(index, size, tree.source)).toThrow("no leaf");
      expect(rootFromInclusion(index, size, leaf(0), [])).toBeNull();
    }
  });
});

describe("a consistency proof", () => {
  test("is PROOF of RFC 6962, and shows that the tree only grew", async () => {
    await fc.assert(
      fc.asyncProperty(growths, async ({ old, size }) => {
        const proof = await consistencyProof(old, size, tree.source);
        expect(proof).toEqual(PROOF(old, size));
        expect(isConsistent(old, MTH(0, old), size, MTH(0, size), proof)).toBe(true);
      }),
      { numRuns: 1000, seed: 6 },
    );
  });

  test("probe: shows nothing with any changed bit, hash, order or length of it, or of the roots", () => {
    fc.assert(
      fc.property(growths, fc.nat(255), fc.nat(20), ({ old, size }, bit, at) => {
        const [before, after, proof] = [MTH(0, old), MTH(0, size), PROOF(old, size)];
        for (const other of damaged(proof, at, bit)) {
          expect(isConsistent(old, before, size, after, other)).toBe(false);
        }
        expect(isConsistent(old, flipped(before, bit), size, after, proof)).toBe(false);
        expect(isConsistent(old, before, size, flipped(after, bit), proof)).toBe(false);
        expect(isConsistent(old, before.subarray(1), size, after, proof)).toBe(false);
      }),
      { numRuns: 1000, seed: 7 },
    );
  });

  test("probe: shows nothing of another old size, nor of another size unless the path turns the same way", () => {
    fc.assert(
      fc.property(growths, sizes, sizes, ({ old, size }, otherOld, otherSize) => {
        const [before, after, proof] = [MTH(0, old), MTH(0, size), PROOF(old, size)];
        if (otherOld !== old) expect(isConsistent(otherOld, before, size, after, proof)).toBe(false);
        const isSame = otherSize === size || (old < size && old < otherSize);
        expect(isConsistent(old, before, otherSize, after, proof)).toBe(
          isSame && turnsOfProof(old, otherSize) === turnsOfProof(old, size),
        );
      }),
      { numRuns: 1000, seed: 8 },
    );
  });

  test("probe: a log that changed one old entry has none", async () => {
    await fc.assert(
      fc.asyncProperty(growths, fc.nat(), async ({ old, size }, place) => {
        const forged = memoryTree(LEAVES.slice(0, size).with(place % old, leafHash(Buffer.from("forged"))));
        const proof = await consistencyProof(old, size, forged.source);
        expect(isConsistent(old, MTH(0, old), size, forged.root, proof)).toBe(false);
      }),
      { numRuns: 40, seed: 9 },
    );
  });

  test("from the empty tree is empty, and the empty tree has one root only", async () => {
    expect(await consistencyProof(0, 12, tree.source)).toEqual([]);
    expect(isConsistent(0, EMPTY_ROOT, 12, MTH(0, 12), [])).toBe(true);
    expect(isConsistent(0, EMPTY_ROOT, 12, MTH(0, 12), [leaf(0)])).toBe(false);
    expect(isConsistent(0, leaf(0), 12, MTH(0, 12), [])).toBe(false);
    expect(isConsistent(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])).toBe(true);
    expect(isConsistent(0, leaf(0), 0, leaf(0), [])).toBe(false);
  });

  test("probe: there is none backwards", () => {
    expect(() => consistencyProof(6, 5, tree.source)).toThrow("no tree of 6");
    expect(isConsistent(6, MTH(0, 6), 5, MTH(0, 5), [])).toBe(false);
    expect(isConsistent(-1, MTH(0, 6), 5, MTH(0, 5), [])).toBe(false);
  });
});
