import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beginningsOf, endingsOf } from "./beginnings.ts";
import { FRAMEWORKS } from "./registry.ts";

const texts = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "/", "é", "\u{1f600}"), maxLength: 6 }));

describe("of many texts", () => {
  test("one begins or ends with another exactly where one does that is asked alone", () => {
    fc.assert(
      fc.property(texts, texts, (all, asked) => {
        const [begins, ends] = [beginningsOf(all), endingsOf(all)];
        for (const each of asked) {
          expect(begins(each)).toBe(all.some((text) => text.startsWith(each)));
          expect(ends(each)).toBe(all.some((text) => text.endsWith(each)));
        }
      }),
    );
  });

  test("none begins with anything where there are none", () => {
    expect(beginningsOf([])("")).toBe(false);
  });
});

const PLACES = {
  node_test: (n: number) => [`test/f${n}.test.js`, `test/f${n}.test.js › suite › adds`],
  vitest: (n: number) => [`src/f${n}.test.ts`, `src/f${n}.test.ts › adds`],
  jest: (n: number) => [`src/f${n}.test.tsx`, `src/f${n}.test.tsx › adds`],
  pytest: (n: number) => [`tests/test_f${n}.py`, `tests/test_f${n}.py › test_adds`],
  go_test: (n: number) => [`pkg/p${n}/a_test.go`, `example.org/x/pkg/p${n} › TestAdds`],
  junit: (n: number) => [`src/test/java/org/acme/T${n}.java`, `JUnit Jupiter › org.acme.T${n} › adds()`],
} as const;

test.each(FRAMEWORKS)("probe: 2,000 files are told among 20,000 tests of $name", ({ name, among }) => {
  const of = PLACES[name];
  const isAmong = among(Array.from({ length: 20_000 }, (_, n) => of(n)[1] ?? ""));
  const files = Array.from({ length: 2000 }, (_, n) => of(n + 19_000)[0] ?? "");
  expect(files.filter(isAmong)).toEqual(files.slice(0, 1000));
});
