import { expect, test } from "vitest";
import { lookalikes } from "./lookalikes.ts";

const found = (line: string) => lookalikes(line).map(({ start, end }) => line.slice(start, end));

test.each([
  ["const p\u0430ssword = 1;", ["p\u0430ssword"]],
  ["if (is\u0410dmin) return;", ["is\u0410dmin"]],
  ["\u0440\u0430\u0443\u0440\u0430(1)", ["\u0440\u0430\u0443\u0440\u0430"]],
  ["\uFF45\uFF56\uFF41\uFF4C(x)", ["\uFF45\uFF56\uFF41\uFF4C"]],
  ["\u{1D41A}\u{1D41D}\u{1D41D}(x)", ["\u{1D41A}\u{1D41D}\u{1D41D}"]],
  ["\u03BFrder", ["\u03BFrder"]],
] as const)("probe: a word that only looks Latin is found: %s", (line, words) =>
  expect(found(line)).toEqual(words),
);

test.each(["const password = 1;", "// Проверка суммы", "// σύνολο", "naïve café", "日本語", "α + β", "x²"])(
  "a word that is what it looks like is left alone: %s",
  (line) => expect(found(line)).toEqual([]),
);
