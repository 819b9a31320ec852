import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leafHash } from "../tlog/hashing.ts";
import { memoryTree } from "../tlog/memory-tree.ts";
import { inclusionProof } from "../tlog/proofs.ts";
import { coveringNodes, foldNodes } from "../tlog/ranges.ts";
import { inclusionSteps } from "./proof-path.ts";

const leaves = Array.from({ length: 600 }, () => leafHash(randomBytes(8)));

describe("what an inclusion proof's hashes cover", () => {
  test("each is the root of the leaves its step names, and all of them and the leaf are the whole tree", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 600 }), fc.nat(), async (size, pick) => {
        const index = pick % size;
        const { source } = memoryTree(leaves.slice(0, size));
        const steps = inclusionSteps(index, size, await inclusionProof(index, size, source));
        const covered = new Set([index]);
        for (const { hash, begin, end, side, level } of steps) {
          expect(hash).toBe(foldNodes(await source(coveringNodes(begin, end))).toString("hex"));
          expect(side).toBe(begin > index ? "right" : "left");
          expect(2 ** level).toBeGreaterThanOrEqual(end - begin);
          for (let at = begin; at < end; at++) covered.add(at);
        }
        expect(covered.size).toBe(size);
        expect(steps.map(({ level }) => level)).toEqual(
          [...steps.map(({ level }) => level)].sort((a, b) => a - b),
        );
      }),
      { numRuns: 60 },
    );
  });

  test("the only leaf of a tree needs none", () => {
    expect(inclusionSteps(0, 1, [])).toEqual([]);
  });

  test("probe: a proof of another length is no proof", () => {
    expect(() => inclusionSteps(0, 4, [leaves[0] as Buffer])).toThrow("do not prove leaf 0 of 4");
  });
});
