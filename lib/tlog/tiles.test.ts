import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coveringNodes } from "./ranges.ts";
import { hashesOnLevel, parseTilePath, tileOfNode, tilePath, tileWidth } from "./tiles.ts";

describe("the path of a tile", () => {
  test.each([
    [{ level: 0, index: 0, width: 256 }, "tile/0/000"],
    [{ level: 0, index: 999, width: 256 }, "tile/0/999"],
    [{ level: 1, index: 1000, width: 256 }, "tile/1/x001/000"],
    [{ level: 0, index: 1_234_067, width: 256 }, "tile/0/x001/x234/067"],
    [{ level: 2, index: 0, width: 17 }, "tile/2/000.p/17"],
    [{ level: "entries", index: 1_234_067, width: 1 }, "tile/entries/x001/x234/067.p/1"],
    [{ level: "entries", index: 9, width: 256 }, "tile/entries/009"],
  ] as const)("of %o is %s, both ways", (at, path) => {
    expect(tilePath(at)).toBe(path);
    expect(parseTilePath(path)).toEqual(at);
  });

  test("comes back for every tile", () => {
    const tiles = fc.record({
      level: fc.oneof(fc.constant("entries" as const), fc.integer({ min: 0, max: 63 })),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(tiles, (at) => {
        expect(parseTilePath(tilePath(at))).toEqual(at);
      }),
    );
  });

  test.each([
    "tile/0/0",
    "tile/0/0000",
    "tile/0/x000/000",
    "tile/0/001/000",
    "tile/0/x001/x000",
    "tile/0/x001",
    "tile/00/000",
    "tile/64/000",
    "tile/-1/000",
    "tile/0/000.p/0",
    "tile/0/000.p/01",
    "tile/0/000.p/256",
    "tile/0/000.p/257",
    "tile/0/000.p/",
    "tile/0/000.p/1/",
    "tile/0/x009/x007/x199/x254/x740/x992",
    "tile/0/x009/x999/x999/x999/x999/999",
    "tile/entry/000",
    "/tile/0/000",
    "tile/0/000\n",
    "tile/0/٠٠٠",
    "tile/0/../000",
    "tile//000",
    "",
  ])("probe: %j is none", (path) => {
    expect(parseTilePath(path)).toBeNull();
  });
});

describe("the tiles of a tree", () => {
  test("are those of the specification's example of 70,000 entries", () => {
    expect([272, 273, 274].map((index) => tileWidth(0, index, 70_000))).toEqual([256, 112, 0]);
    expect([0, 1, 2].map((index) => tileWidth(1, index, 70_000))).toEqual([256, 17, 0]);
    expect([0, 1].map((index) => tileWidth(2, index, 70_000))).toEqual([1, 0]);
    expect(tileWidth("entries", 273, 70_000)).toBe(112);
    expect([tileWidth(0, 0, 256), tileWidth(1, 0, 256), tileWidth(2, 0, 256)]).toEqual([256, 1, 0]);
    expect(hashesOnLevel(1, 70_000)).toBe(273);
  });

  test("hold every node a root or a proof is made of", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (size) => {
        for (const node of coveringNodes(0, size)) {
          const { level, index, from, to } = tileOfNode(node);
          expect(to).toBeLessThanOrEqual(tileWidth(level, index, size));
          expect([from, Math.log2(to - from) % 1]).toEqual([from, 0]);
        }
      }),
    );
  });
});
