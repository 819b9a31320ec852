import { describe, expect, test } from "vitest";
import { badgesOf, withoutLines } from "./file-badges.ts";
import { claimKeys } from "./keys.ts";
import { whyNotYet, withoutSpace } from "./why-not-yet.ts";

const facts = {
  ...{ status: "modified", previousPath: null, modeBefore: "100644", modeAfter: "100644" },
  ...{ generated: false, binary: false, parts: [], added: 0 },
};
const words = (more: object) => badgesOf({ ...facts, ...more }).map(({ word }) => word);

describe("what is to be known of a file", () => {
  test.each([
    [{}, []],
    [{ status: "added", modeBefore: null, modeAfter: "120000" }, ["new", "symbolic link"]],
    [{ status: "deleted", modeAfter: null }, ["deleted"]],
    [{ previousPath: "old\u202E.ts" }, ["was old‹U+202E›.ts"]],
    [{ modeAfter: "100755" }, ["file → executable"]],
    [{ status: "type_changed", modeAfter: "120000" }, ["file → symbolic link"]],
    [{ modeBefore: "160000", modeAfter: "160000" }, ["submodule"]],
    [{ generated: true }, ["generated"]],
  ])("%#", (more, expected) => expect(words(more)).toEqual(expected));

  test.each([
    [{ binary: true, added: null }, "A binary file"],
    [{ previousPath: "b" }, "Renamed"],
    [{ modeAfter: "100755" }, "Its mode changed"],
    [{ status: "added", modeBefore: null }, "An empty file."],
    [{ status: "deleted", modeAfter: null }, "now gone"],
  ])("where git shows no lines something is said: %#", (more, expected) =>
    expect(withoutLines({ ...facts, ...more })).toContain(expected),
  );
});

describe("why a decision is not offered yet", () => {
  const looked = (left: number) => ({ looked: { total: 3, left }, missing: null });
  test("probe: until every place with hidden content was in sight", () => {
    expect(whyNotYet(looked(2))).toBe("2 places with hidden content not yet in sight");
    expect(whyNotYet(looked(0))).toBeNull();
  });
  test("probe: while a part of the patch cannot be had", () => {
    expect(whyNotYet({ ...looked(0), missing: "This part could not be read." })).toBe(
      "This part could not be read.",
    );
  });
});

test("a decision says how many lines looked unchanged because white space was hidden", () => {
  expect(withoutSpace([{ space: 2 }, { space: 4 }])).toBe("hidden: 6 lines shown as unchanged");
  expect(withoutSpace([{ space: 0 }])).toBeNull();
});

test("two parts of a page that want one key are a mistake that is told", () => {
  const heard: string[] = [];
  const page = { addEventListener: () => undefined, removeEventListener: () => undefined };
  Object.assign(globalThis, { document: page });
  try {
    const free = claimKeys({ j: () => heard.push("j") });
    expect(() => claimKeys({ n: () => undefined, j: () => undefined })).toThrow("the key “j”");
    free();
    claimKeys({ j: () => undefined })();
  } finally {
    Reflect.deleteProperty(globalThis, "document");
  }
});
