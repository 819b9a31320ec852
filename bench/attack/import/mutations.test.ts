import { describe, expect, test } from "vitest";
import { bundleHeader, parseBundleHead } from "#worker/git/bundle-header.ts";
import { createRandom } from "../random.ts";
import { MUTATIONS, mutate } from "./mutations.ts";

const [base, commit] = ["a".repeat(40), "b".repeat(40)];
const expected = { ref: "refs/heads/patch", base };
const pack = Buffer.concat([
  Buffer.from("PACK"),
  Buffer.from([0, 0, 0, 2, 0, 0, 0, 3]),
  Buffer.alloc(300, 7),
]);
const valid = Buffer.concat([bundleHeader({ ref: expected.ref, commit, base }), pack]);

describe("a mutation", () => {
  test("starts from bytes that are taken", () => {
    expect(parseBundleHead(valid, expected).ok).toBe(true);
  });

  test.each(Object.keys(MUTATIONS))("%s changes the bytes and leaves the original alone", (name) => {
    const before = Buffer.from(valid);
    for (let seed = 0; seed < 20; seed++) {
      expect(MUTATIONS[name]?.(valid, createRandom(seed)).equals(valid)).toBe(false);
    }
    expect(valid.equals(before)).toBe(true);
  });

  test.each([
    ["other_signature", /version 2/],
    ["other_ref", /Its ref is not|2 refs|malformed/],
    ["further_ref", /2 refs|malformed|3 refs/],
    ["other_prerequisite", /another commit/],
    ["further_prerequisite", /another commit/],
    ["endless_header", /does not end/],
    ["no_pack", /no pack/],
  ])("probe: %s is found out by the header alone", (name, problem) => {
    for (let seed = 0; seed < 20; seed++) {
      const parsed = parseBundleHead(MUTATIONS[name]?.(valid, createRandom(seed)) ?? valid, expected);
      expect(parsed).toEqual({ ok: false, problem: expect.stringMatching(problem) });
    }
  });

  test("comes by chance that can be had again", () => {
    expect(mutate(valid, createRandom(5))).toEqual(mutate(valid, createRandom(5)));
    const names = new Set(Array.from({ length: 400 }, (_, seed) => mutate(valid, createRandom(seed)).name));
    expect(names.size).toBe(Object.keys(MUTATIONS).length);
  });
});
