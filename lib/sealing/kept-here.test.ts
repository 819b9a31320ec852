import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openHere, sealHere } from "./kept-here.ts";

const SECRET = "a secret that only tests know, long enough";
const HERE = { purpose: "test", place: "ses_1" };

describe("what is kept here", () => {
  test("opens at its place, and never reads alike twice", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const sealed = sealHere(SECRET, HERE, text);
        expect(openHere(SECRET, HERE, sealed)).toBe(text);
        expect(sealHere(SECRET, HERE, text).equals(sealed)).toBe(false);
      }),
    );
  });

  test("probe: moved, under another purpose or secret, cut short or altered by a bit, it does not open", () => {
    const sealed = sealHere(SECRET, HERE, "a refresh token");
    expect(openHere(SECRET, { ...HERE, place: "ses_2" }, sealed)).toBeNull();
    expect(openHere(SECRET, { ...HERE, purpose: "other" }, sealed)).toBeNull();
    expect(openHere(`${SECRET}!`, HERE, sealed)).toBeNull();
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        expect(openHere(SECRET, HERE, sealed.subarray(0, at))).toBeNull();
        const altered = Buffer.from(sealed);
        altered[at] = (altered[at] ?? 0) ^ (1 << bit);
        expect(openHere(SECRET, HERE, altered)).toBeNull();
      }),
    );
  });
});
