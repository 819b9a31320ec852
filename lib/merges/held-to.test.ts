import { describe, expect, test } from "vitest";
import { defaultCharter } from "../pilots/defaults.ts";
import type { Charter } from "../pilots/schema.ts";
import { heldTo, whyNotUnder } from "./held-to.ts";

const own = defaultCharter(`rep_${"1".repeat(22)}`, "main", "2030-12-31");
const scoped = (scope: Partial<Charter["scope"]>): Charter => ({ ...own, scope: { ...own.scope, ...scope } });
const file = (path: string, changed: number | null = 10, previousPath: string | null = null) => ({
  ...{ path, previousPath, added: changed, removed: changed },
});
const files = [file("src/a.js"), file("docs/b.md")];

describe("a run that keeps its charter", () => {
  test("is held to nothing else while its own is in force, or one that says the same", () => {
    expect(whyNotUnder(own, own, { files })).toBeNull();
    expect(whyNotUnder(null, own, { files })).toBeNull();
    expect(heldTo(own, own, { files, flags: [] })).toEqual([]);
  });

  test.each([
    [{ forbiddenPaths: ["docs/**"] }, "The charter in force forbids to change docs/b.md."],
    [{ allowedPaths: ["src/**"] }, "The charter in force does not allow to change docs/b.md."],
    [{ maxFiles: 1 }, "The charter in force lets a patch change 1 file; this one changes 2."],
    [{ maxChangedLines: 39 }, "The charter in force lets a patch change 39 lines; this one changes 40."],
  ])("is not merged where the one in force says %j", (scope, sentence) => {
    expect(whyNotUnder(scoped(scope), own, { files })).toBe(
      `${sentence} Deny it, or amend the charter first.`,
    );
  });

  test("probe: what a rename left counts like where it went", () => {
    const moved = [file("src/b.md", 0, "docs/b.md")];
    expect(whyNotUnder(scoped({ forbiddenPaths: ["docs/**"] }), own, { files: moved })).toContain(
      "docs/b.md",
    );
  });

  test("is flagged for what only the one in force protects, and where lines cannot be counted", () => {
    const rules = (scope: Partial<Charter["scope"]>, changed = files) =>
      heldTo(scoped(scope), own, { files: changed, flags: [] }).map(
        ({ rule, severity }) => `${rule} ${severity}`,
      );
    expect(rules({ protectedPaths: ["docs/**"] })).toEqual(["protected_path extra_approver"]);
    expect(rules({ maxChangedLines: 100 }, [file("logo.png", null)])).toEqual(["too_large extra_approver"]);
  });
});
