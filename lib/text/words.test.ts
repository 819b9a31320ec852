import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { placesOf, searchQuery, searchVector, wordsOf } from "./words.ts";

const found = (text: string) => [...wordsOf(text)].map(({ word }) => word);

describe("words", () => {
  test("are the parts of paths, hosts, flags and names, in lower case", () => {
    expect(found("GET https://Registry.example.com:443/a_b/C-d.ts --force").join(" ")).toBe(
      "get https registry example com 443 a b c d ts force",
    );
    expect(found("größe Ωmega 東京 e\u0301t\u00e9")).toEqual(["größe", "ωmega", "東京", "été"]);
    expect(found(" -/._ ")).toEqual([]);
  });

  test("say where they stand", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        let last = 0;
        for (const { start, end } of wordsOf(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
      }),
    );
  });

  test("probe: a word of a megabyte is cut, and cut in the same way by who looks for it", () => {
    const long = "x".repeat(1_000_000);
    const [word] = found(long);
    expect(word).toHaveLength(64);
    expect(placesOf(long, [{ words: [word ?? ""], isBegun: false }])).toEqual([{ start: 0, end: 1_000_000 }]);
  });
});

describe("what is found", () => {
  test("is a word, the beginning of one, or words that follow each other", () => {
    const text = "git push origin main; git pull";
    const places = (words: string[], isBegun = false) =>
      placesOf(text, [{ words, isBegun }]).map(({ start, end }) => text.slice(start, end));
    expect(places(["git"])).toEqual(["git", "git"]);
    expect(places(["pu"], true)).toEqual(["push", "pull"]);
    expect(places(["git", "pu"], true)).toEqual(["git", "push", "git", "pull"]);
    expect(places(["git", "push", "origin"])).toEqual(["git", "push", "origin"]);
    expect(places(["push", "git"])).toEqual([]);
  });

  test("is asked for in words that Postgres reads as they are", () => {
    expect(searchVector("a b a")).toBe("'a':1,3 'b':2");
    expect(
      searchQuery([
        { words: ["a", "b"], isBegun: false },
        { words: ["c"], isBegun: true },
      ]),
    ).toBe("( 'a' <-> 'b' ) & ( 'c':* )");
  });

  test("probe: a vector stays below what Postgres can hold", () => {
    const many = Array.from({ length: 60_000 }, (_, at) => `w${at}${"漢".repeat(60)}`).join(" ");
    expect(Buffer.byteLength(searchVector(many))).toBeLessThan(1024 * 1024);
    const same = searchVector("again ".repeat(60_000));
    expect(same.split(",")).toHaveLength(255);
  });
});
