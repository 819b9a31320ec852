import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { squares } from "./file-change.tsx";

const count = (kinds: string[], kind: string) => kinds.filter((one) => one === kind).length;

describe("five squares", () => {
  test.each([
    [0, 0, 0, 0],
    [1, 0, 1, 0],
    [9, 4, 3, 2],
    [22, 17, 3, 2],
    [1, 1000, 1, 4],
    [1000, 1, 4, 1],
    [0, 80, 0, 5],
    [80, 0, 5, 0],
  ])("+%i −%i is %i green and %i red", (added, removed, green, red) => {
    const kinds = squares(added, removed);
    expect([kinds.length, count(kinds, "a"), count(kinds, "d")]).toEqual([5, green, red]);
  });

  test("a side that has a line has a square, one that has none has none", () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (added, removed) => {
        const kinds = squares(added, removed);
        expect(count(kinds, "a") > 0).toBe(added > 0);
        expect(count(kinds, "d") > 0).toBe(removed > 0);
      }),
    );
  });
});
