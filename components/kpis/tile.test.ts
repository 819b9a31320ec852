import { expect, test } from "vitest";
import { basis } from "./tile.tsx";

const tile = { sample: 14, minimumSample: 5, needed: null, verdict: "met", noun: "merge" } as const;

test.each([
  ["14 merges", tile],
  ["2 of at least 5 merges", { ...tile, sample: 2, verdict: "cannot_tell" }],
  ["14 merges, needs about 62 more", { ...tile, verdict: "cannot_tell", needed: 62 }],
  ["14 merges, no sample in reach would tell", { ...tile, verdict: "cannot_tell" }],
  ["1 of at least 5 merges", { ...tile, sample: 1 }],
] as const)("a tile rests on %s", (words, one) => expect(basis(one)).toBe(words));
