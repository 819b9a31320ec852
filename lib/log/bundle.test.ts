import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Hash, leafHash, nodeHash } from "../tlog/hashing.ts";
import { memoryTree } from "../tlog/memory-tree.ts";
import type { NodeAt } from "../tlog/ranges.ts";
import { foldNodes, type HashedNode, joinNodes } from "../tlog/ranges.ts";
import { type AttachedLine, Broken, bundleLines, type Disclosed, linesFrom } from "./bundle.ts";

const bodies = Array.from({ length: 300 }, (_, at) =>
  Buffer.from(`{"n":${at},"r":"${randomBytes(4).toString("hex")}"}`),
);
const leaves = bodies.map(leafHash);

const headerOf = (size: number) =>
  ({ origin: "pilothouse/0/1", epoch: 1, size, checkpoint: "note\n", about: "export", blobs: true }) as const;

async function* batchesOf(indexes: readonly number[], width: number, attached: readonly AttachedLine[] = []) {
  for (let at = 0; at < indexes.length; at += width) {
    yield indexes
      .slice(at, at + width)
      .map((index): Disclosed => ({ index, body: bodies[index] as Buffer, attached }));
  }
}

async function held(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

/** Joins what the lines hold as a reader would, by nothing but their own words. */
function rootOf(lines: readonly string[]): { root: string; size: number } {
  let nodes: HashedNode[] = [];
  let size = 0;
  for (const text of lines) {
    const line = JSON.parse(text) as {
      type: string;
      index: number;
      body: string;
      level: number;
      hash: string;
    };
    if (line.type !== "entry" && line.type !== "node") continue;
    const level = line.type === "entry" ? 0 : line.level;
    const hash = line.type === "entry" ? leafHash(Buffer.from(line.body)) : Buffer.from(line.hash, "hex");
    expect(line.index).toBe(size / 2 ** level);
    nodes = joinNodes(nodes, { level, index: line.index, hash });
    size += 2 ** level;
  }
  return { root: foldNodes(nodes.map(({ hash }) => hash)).toString("hex"), size };
}

describe("the lines of a bundle", () => {
  test("cover every leaf once and lead to the root, whatever is disclosed and however it comes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 300 }),
        fc.uniqueArray(fc.nat({ max: 299 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 70 }),
        async (size, picked, width) => {
          const indexes = picked.filter((index) => index < size).sort((a, b) => a - b);
          const tree = memoryTree(leaves.slice(0, size));
          const lines = await held(bundleLines(headerOf(size), batchesOf(indexes, width), tree.source));
          expect(rootOf(lines)).toEqual({ root: tree.root.toString("hex"), size });
          const shown = lines.map((text) => JSON.parse(text) as { type: string; index?: number });
          expect(shown.flatMap(({ type, index }) => (type === "entry" ? [index] : []))).toEqual(indexes);
          expect(lines.at(-1)).toBe(`{"lines":${lines.length - 1},"type":"end"}\n`);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("hold what an entry commits to directly after it", async () => {
    const document = { type: "document", name: "charter", sha256: "0".repeat(64), text: "{}" } as const;
    const { source } = memoryTree(leaves);
    const lines = await held(bundleLines(headerOf(300), batchesOf([5, 9], 1, [document]), source));
    const types = lines.map((text) => (JSON.parse(text) as { type: string }).type);
    expect(types.filter((type, at) => types[at - 1] === "entry" && type !== "document")).toEqual([]);
  });

  test("end without an end where an entry is another one than the leaf", async () => {
    const { source } = memoryTree(
      leaves.map((leaf, at) => (at === 7 ? leafHash(Buffer.from("other")) : leaf)),
    );
    const lines = await held(bundleLines(headerOf(300), batchesOf([3, 7, 8], 3), source));
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ type: "broken", index: 7 });
  });

  test("end with the sentence of whoever could not go on, and pass other failures on", async () => {
    const { source } = memoryTree(leaves);
    const failing = (error: Error) => bundleLines(headerOf(300), failsAfter(error), source);
    expect((await held(failing(new Broken("It is gone.")))).at(-1)).toBe(
      '{"index":3,"type":"broken","why":"It is gone."}\n',
    );
    await expect(held(failing(new Error("a defect")))).rejects.toThrow("a defect");
  });

  async function* failsAfter(error: Error): AsyncGenerator<Disclosed[]> {
    yield* batchesOf([2], 1);
    throw error;
  }

  test("are refused out of order", async () => {
    const { source } = memoryTree(leaves);
    await expect(held(bundleLines(headerOf(300), batchesOf([9, 5], 1), source))).rejects.toThrow(
      "entry 5 comes after",
    );
  });
});

describe("lines from a number on", () => {
  async function* ten() {
    for (let at = 0; at < 10; at++) yield `${at}`;
  }
  const beyond = (lines: number) => new Error(`${lines} lines`);

  test("are the rest, and beyond the end the number there is", async () => {
    expect(await held(linesFrom(ten(), 7, beyond))).toEqual(["7", "8", "9"]);
    await expect(held(linesFrom(ten(), 10, beyond))).rejects.toThrow("10 lines");
  });
});

test("memory does not grow with the number of entries", async () => {
  const size = 2 ** 18;
  const body = Buffer.from(`{"text":"${"x".repeat(400)}"}`);
  const levels: Hash[] = [leafHash(body)];
  for (let level = 1; level <= 18; level++) {
    const below = levels[level - 1] as Hash;
    levels.push(nodeHash(below, below));
  }
  const source = (nodes: readonly NodeAt[]) => nodes.map(({ level }) => levels[level] as Hash);
  async function* all() {
    for (let at = 0; at < size; at += 256)
      yield Array.from(
        { length: 256 },
        (_, offset): Disclosed => ({ index: at + offset, body, attached: [] }),
      );
  }
  const peaks = [0, 0];
  let seen = 0;
  for await (const _ of bundleLines(headerOf(size), all(), source)) {
    if (++seen % 4096 !== 0) continue;
    const half = seen < size / 2 ? 0 : 1;
    peaks[half] = Math.max(peaks[half] ?? 0, process.memoryUsage.rss());
  }
  expect(seen).toBe(size + 2);
  // A hundred megabytes more have gone through in the second half than after the first.
  expect((peaks[1] ?? 0) - (peaks[0] ?? 0)).toBeLessThan(48 * 1024 * 1024);
});
