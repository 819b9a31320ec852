import { describe, expect, test } from "vitest";
import { count, named, some } from "./words.ts";

describe("words of the summary", () => {
  test("numbers agree with their noun", () => {
    expect([count(1, "test"), count(0, "test"), count(2, "class", "classes")]).toEqual([
      "1 test",
      "0 tests",
      "2 classes",
    ]);
  });

  test("a long list is cut and says by how much", () => {
    expect(some(["a", "b", "c"])).toBe("a, b, c");
    expect(some(["a", "b", "c", "d", "e"])).toBe("a, b, c and 2 more");
    expect(some(["x".repeat(900)]).length).toBe(200);
  });

  test("a commit is its short id and its subject", () => {
    expect(
      named({
        id: "0123456789abcdef0123456789abcdef01234567",
        tree: "",
        parents: [],
        author: "",
        subject: "Do it",
      }),
    ).toBe("012345678 “Do it”");
  });
});
