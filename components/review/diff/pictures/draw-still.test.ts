import { describe, expect, test } from "vitest";
import { fitted, turns } from "./draw-still.ts";

describe("the size a picture is drawn in", () => {
  test.each([
    [
      { width: 32, height: 16 },
      { width: 32, height: 16 },
    ],
    [
      { width: 2400, height: 520 },
      { width: 1200, height: 260 },
    ],
    [
      { width: 6000, height: 6000 },
      { width: 520, height: 520 },
    ],
    [
      { width: 100_000, height: 2 },
      { width: 1200, height: 1 },
    ],
  ])("of %j is %j", (size, expected) => {
    expect(fitted(size)).toEqual(expected);
  });
});

describe("pictures", () => {
  test("probe: are never decoded two at a time, also after one that could not be", async () => {
    const inTurn = turns();
    let now = 0;
    let most = 0;
    const decode = (fails: boolean) =>
      inTurn(async () => {
        most = Math.max(most, ++now);
        await Promise.resolve();
        now--;
        if (fails) throw new Error("No picture.");
      });
    const ends = await Promise.allSettled([decode(false), decode(true), decode(false), decode(false)]);
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect(most).toBe(1);
  });
});
