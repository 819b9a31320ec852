import fc from "fast-check";
import { expect, test } from "vitest";
import { createExcerpt, shortened } from "./excerpt.ts";

test("a text of up to 24,000 characters is given whole", () => {
  const text = "a".repeat(23_999);
  expect(shortened(`${text}b`)).toBe(`${text}b`);
  expect(shortened("")).toBe("");
});

test("of a longer one the beginning and the end are given, with how much is missing between them", () => {
  const [head, tail] = ["h".repeat(8000), "t".repeat(16_000)];
  expect(shortened(`${head}${"x".repeat(5)}${tail}`)).toBe(`${head}\n[5 characters left out]\n${tail}`);
});

test("probe: a cut through a character leaves no half of it", () => {
  const cut = shortened(`a${"🙂".repeat(20_000)}`);
  expect(cut.isWellFormed()).toBe(true);
});

test("it is the same in whatever pieces the text came", () => {
  const pieces = fc.array(
    fc.string({ maxLength: 20 }).map((text) => text.repeat(400)),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(pieces, (texts) => {
      const excerpt = createExcerpt();
      for (const text of texts) excerpt.add(text);
      expect(excerpt.text()).toBe(shortened(texts.join("")));
    }),
    { numRuns: 50 },
  );
});
