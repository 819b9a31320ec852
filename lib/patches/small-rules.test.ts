import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeDiff } from "./decode.ts";
import { isGenerated, isLockfile } from "./generated.ts";
import { uniqueNames } from "./unique-names.ts";
import { equalButForSpace } from "./whitespace.ts";

describe("a diff's bytes as text", () => {
  test("are UTF-8 where they can be", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => decodeDiff(Buffer.from(text)) === text));
  });

  test("probe: two bytes that are no UTF-8 never read the same, and the lines around them stay", () => {
    const before = decodeDiff(Buffer.from("é\n-caf\xe9\n+x\n", "latin1"));
    const after = decodeDiff(Buffer.from("é\n-caf\xe8\n+x\n", "latin1"));
    expect(before).toBe("‹0xE9›\n-caf‹0xE9›\n+x\n");
    expect(after).toContain("-caf‹0xE8›\n+x\n");
  });
});

describe("lines equal but for white space", () => {
  test("are paired in order", () => {
    expect([...equalButForSpace(["a b", "c", "d"], ["x", "ab", "d "])]).toEqual([
      [0, 1],
      [2, 2],
    ]);
  });

  test("pairs never cross, never share a line, and are equal without white space", () => {
    const lines = fc.array(fc.constantFrom("a", " a", "b", "b ", "", "c"), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (removed, added) => {
        const pairs = [...equalButForSpace(removed, added)];
        pairs.forEach(([from, to], at) => {
          expect(removed[from]?.trim()).toBe(added[to]?.trim());
          const [earlierFrom, earlierTo] = pairs[at - 1] ?? [-1, -1];
          expect(from).toBeGreaterThan(earlierFrom);
          expect(to).toBeGreaterThan(earlierTo);
        });
      }),
    );
  });
});

describe("files that a tool writes", () => {
  test.each([
    "package-lock.json",
    "web/pnpm-lock.yaml",
    "go.sum",
    "a/b.min.js",
    "x_pb2.py",
    "api/zz_generated.deepcopy.go",
  ])("%s", (path) => expect(isGenerated(path)).toBe(true));
  test.each(["src/lock.ts", "package.json", "src/generator.ts", "docs/dist.md"])("not %s", (path) =>
    expect(isGenerated(path)).toBe(false),
  );
  test("a lockfile is known by its name", () => {
    expect([isLockfile("a/Cargo.lock"), isLockfile("a/Cargo.toml")]).toEqual([true, false]);
  });
});

describe("names that masking made the same", () => {
  test("are told apart, also from one that looks like what tells them apart", () => {
    expect(uniqueNames(["a", "a", "a (2)", "b", "a"])).toEqual(["a", "a (2)", "a (2) (2)", "b", "a (3)"]);
  });

  test("probe: whatever they are, no two are the same, and the first of each keeps its own", () => {
    const name = fc.constantFrom("a", "a (2)", "a (3)", "a (2) (2)", "b", "");
    fc.assert(
      fc.property(fc.array(name, { maxLength: 30 }), (names) => {
        const unique = uniqueNames(names);
        expect(new Set(unique).size).toBe(names.length);
        expect(unique[0]).toBe(names[0]);
      }),
    );
  });

  test("probe: thousands of them take no time of their square", () => {
    const unique = uniqueNames(Array<string>(20_000).fill("[secret: github].ts"));
    expect(unique.at(-1)).toBe("[secret: github].ts (20000)");
  });
});
