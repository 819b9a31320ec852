import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GAP, Positions, type Stacked } from "./positions.ts";

const height = fc.integer({ min: 0, max: 4000 }).map((sixteenths) => sixteenths / 16);
const stacked: fc.Arbitrary<Stacked> = fc.record({ head: height, parts: fc.array(height, { maxLength: 5 }) });

/** From top to bottom, one after the other. */
function plainly(files: readonly Stacked[]): { readonly tops: number[]; readonly parts: number[][] } {
  let at = GAP;
  const tops = [at];
  const parts = files.map(({ head, parts: heights }) => {
    const own = [at + head];
    for (const each of heights) own.push((own.at(-1) ?? 0) + each);
    at = (own.at(-1) ?? 0) + GAP;
    tops.push(at);
    return own;
  });
  return { tops, parts };
}

describe("positions of files and parts", () => {
  test("are those of a plain sum, also after any heights changed", () => {
    const changes = fc.array(fc.tuple(fc.nat(), stacked), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(stacked, { minLength: 1, maxLength: 20 }), changes, (files, changed) => {
        const positions = new Positions(files);
        const now = [...files];
        for (const [index, next] of changed) {
          now[index % now.length] = next;
          positions.set(index % now.length, next);
        }
        const { tops, parts } = plainly(now);
        expect(tops.map((_, file) => positions.top(file))).toEqual(tops);
        expect(positions.height).toBe(tops.at(-1));
        expect(parts.map((own, file) => own.map((_, part) => positions.partTop(file, part)))).toEqual(parts);
        expect(now.map((_, file) => positions.bottom(file))).toEqual(tops.slice(1).map((top) => top - GAP));
      }),
      { numRuns: 100 },
    );
  });

  test("a distance is in the last file, and its last part, that begins at or above it", () => {
    fc.assert(
      fc.property(fc.array(stacked, { minLength: 1, maxLength: 20 }), fc.nat(12_000), (files, distance) => {
        const positions = new Positions(files);
        const { tops, parts } = plainly(files);
        const file = Math.max(
          0,
          tops.slice(0, -1).findLastIndex((top) => top <= distance),
        );
        expect(positions.fileAt(distance)).toBe(file);
        const own = parts[file]?.slice(0, -1) ?? [];
        expect(positions.partAt(file, distance)).toBe(
          Math.max(
            0,
            own.findLastIndex((top) => top <= distance),
          ),
        );
      }),
      { numRuns: 200 },
    );
  });

  test("of no files are those of an empty list", () => {
    const none = new Positions([]);
    expect([none.height, none.fileAt(900), none.partCount(0), none.partAt(0, 5)]).toEqual([GAP, 0, 0, 0]);
  });
});
