import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Behaviour, Steadiness } from "./behaviour.ts";
import { inventoryOf, isWhole } from "./inventory.ts";

const suite = (...tests: string[]): Behaviour => new Map(tests.map((name) => [name, "passed"]));

describe("the inventory of tests", () => {
  test("is whole where both suites hold the same tests", () => {
    const inventory = inventoryOf(suite("a.js › one", "a.js › two"), suite("a.js › two", "a.js › one"));
    expect(inventory).toMatchObject({ base: 2, patch: 2, same: 2, removed: [], added: [], skipped: [] });
    expect(isWhole(inventory)).toBe(true);
  });

  test("explains a test of the same name in another file as moved, and one new and one gone in a file as renamed", () => {
    const inventory = inventoryOf(
      suite("a.js › sum › one", "b.js › old", "b.js › stays"),
      suite("c.js › sum › one", "b.js › new", "b.js › stays"),
    );
    expect(inventory).toMatchObject({
      moved: [{ from: "a.js › sum › one", to: "c.js › sum › one" }],
      renamed: [{ from: "b.js › old", to: "b.js › new" }],
      ...{ same: 1, removed: [], added: [] },
    });
    expect(isWhole(inventory)).toBe(true);
  });

  test("probe: does not explain two tests gone by two that came, nor one that two could be", () => {
    const two = inventoryOf(suite("a.js › one", "a.js › two"), suite("a.js › x", "a.js › y"));
    expect(two).toMatchObject({ renamed: [], removed: ["a.js › one", "a.js › two"] });
    const either = inventoryOf(suite("a.js › one"), suite("b.js › one", "c.js › one"));
    expect(either).toMatchObject({ moved: [], removed: ["a.js › one"], added: ["b.js › one", "c.js › one"] });
  });

  test("probe: names what is skipped with the patch and ran before", () => {
    const base: Behaviour = new Map([
      ["a.js › one", "failed"],
      ["a.js › two", "skipped"],
    ]);
    const patch = new Map([...base.keys()].map((name): [string, Steadiness] => [name, "skipped"]));
    const inventory = inventoryOf(base, patch);
    expect(inventory).toMatchObject({ skipped: ["a.js › one"], same: 1 });
    expect(isWhole(inventory)).toBe(false);
  });

  test("takes a file that could not be loaded and now can for no test that is gone", () => {
    const base: Behaviour = new Map([["a.js", "failed"]]);
    expect(inventoryOf(base, suite("a.js › one"))).toMatchObject({ removed: [], added: ["a.js › one"] });
  });

  test("accounts for every test of either suite once, whatever they hold", () => {
    const name = fc
      .tuple(fc.constantFrom("a.js", "b.js"), fc.constantFrom("one", "two", "three"))
      .map((parts) => parts.join(" › "));
    const behaviour = fc
      .array(fc.tuple(name, fc.constantFrom<Steadiness>("passed", "failed", "skipped", "flaky")))
      .map((tests) => new Map(tests));
    fc.assert(
      fc.property(behaviour, behaviour, (base, patch) => {
        const { same, skipped, moved, renamed, removed, added } = inventoryOf(base, patch);
        const kept = same + skipped.length;
        const paired = moved.length + renamed.length;
        expect(kept + paired + removed.length).toBe(base.size);
        expect(kept + paired + added.length).toBe(patch.size);
      }),
    );
  });
});
