import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { factsOf, type Tree } from "#lib/testing/git/tree-facts.ts";
import { RULE_NAMES } from "./flags.ts";
import { judgePatch, type PathRules } from "./judge-patch.ts";

const ANYWHERE: PathRules = {
  ...{ allowedPaths: [], protectedPaths: [], forbiddenPaths: [], harnessPaths: [] },
  ...{ maxFiles: 0, maxChangedLines: 0 },
};

function judged(base: Tree, head: Tree, rules: Partial<PathRules> = {}) {
  const { blocked, flags, testIntegrity } = judgePatch(factsOf(base, head), { ...ANYWHERE, ...rules });
  return { blocked, testIntegrity, rules: flags.map(({ rule, path }) => `${rule} ${path}`), flags };
}

describe("the paths of the charter", () => {
  test("an ordinary change inside them is not flagged at all", () => {
    const verdict = judged({ "src/a.js": "1" }, { "src/a.js": "2" }, { allowedPaths: ["src/**"] });
    expect(verdict).toMatchObject({ blocked: false, rules: [] });
  });

  test.each<[string, Tree, Tree]>([
    ["a changed file", { "docs/a.md": "1" }, { "docs/a.md": "2" }],
    ["a new file", {}, { "docs/a.md": "2" }],
    ["a deleted file", { "docs/a.md": "1" }, {}],
    ["a changed mode", { "docs/a.md": "1" }, { "docs/a.md": { run: "1" } }],
  ])("probe: %s outside of them blocks the patch", (_what, base, head) => {
    const verdict = judged(base, head, { allowedPaths: ["src/**"] });
    expect(verdict.blocked).toBe(true);
    expect(verdict.rules).toContain("outside_scope docs/a.md");
  });

  test("no allowed path at all means everywhere, and a protected one asks for another person", () => {
    const verdict = judged({}, { "src/pay.js": "1" }, { protectedPaths: ["src/pay*"] });
    expect(verdict).toMatchObject({ blocked: false, rules: ["protected_path src/pay.js"] });
  });

  test.each<[string, Tree, Tree]>([
    ["a changed file", { "src/pay/a.js": "1" }, { "src/pay/a.js": "2" }],
    ["a file moved out of it", { "src/pay/a.js": "1" }, { "src/a.js": "1" }],
  ])(
    "probe: %s of a forbidden path blocks the patch, although it lies inside an allowed one",
    (_what, base, head) => {
      const verdict = judged(base, head, { allowedPaths: ["src/**"], forbiddenPaths: ["src/pay/**"] });
      expect(verdict.blocked).toBe(true);
      expect(verdict.rules).toContain("forbidden_path src/pay/a.js");
    },
  );

  test.each<[string, Tree]>([
    ["in other letters", { "src/PAY/b.js": "1" }],
    ["in another Unicode form", { "src/\uff50ay/b.js": "1" }],
    ["with a character nobody sees", { "src/p\u200cay/b.js": "1" }],
    ["with a dot that Windows drops", { "src/pay./b.js": "1" }],
    ["by a submodule in its place", { "src/pay": { submodule: "1" } }],
    ["by a link in its place", { "src/pay": { link: "other" } }],
    ["by a submodule in place of what it lies in", { src: { submodule: "1" } }],
  ])("probe: what is forbidden or protected is not reached %s", (_how, head) => {
    const forbidden = judged({}, head, { forbiddenPaths: ["src/pay/**"] });
    expect(forbidden.blocked).toBe(true);
    expect(forbidden.rules).toContain(`forbidden_path ${Object.keys(head)[0]}`);
    const guarded = judged({}, head, { protectedPaths: ["src/pay/*.js"] });
    expect(guarded.rules).toContain(`protected_path ${Object.keys(head)[0]}`);
  });

  test("a link or a submodule beside what is forbidden is not in its place", () => {
    const head: Tree = { "src/payments": { submodule: "1" }, "lib/a": { link: "b" } };
    expect(judged({}, head, { forbiddenPaths: ["src/pay/**", "**/*.pem"] }).blocked).toBe(false);
  });

  test("a patch of more files than the charter allows is blocked by a sentence with both numbers", () => {
    const head: Tree = { a: "1", b: "1", c: "1" };
    expect(judged({}, head, { maxFiles: 3 }).blocked).toBe(false);
    const { blocked, flags } = judged({}, head, { maxFiles: 2 });
    expect(blocked).toBe(true);
    expect(flags[0]).toMatchObject({
      ...{ rule: "too_large", path: null },
      sentence: "The patch changes 3 files; the charter allows 2.",
    });
  });

  test("probe: a file moved out of a protected path is flagged where it was", () => {
    const { rules } = judged({ "src/pay.js": "1" }, { "src/x.js": "1" }, { protectedPaths: ["src/pay*"] });
    expect(rules).toEqual(["protected_path src/pay.js"]);
  });
});

describe("tests and harness files", () => {
  const rules = { harnessPaths: ["test/**"] };

  test("are listed as deleted, modified and added, and only an added one is no more than a notice", () => {
    const base = { "test/gone.js": "1", "test/weak.js": "1", "test/kept.js": "1" };
    const head = { "test/weak.js": "2", "test/kept.js": "1", "test/new.js": "1" };
    const verdict = judged(base, head, rules);
    expect(verdict.testIntegrity).toEqual({
      deleted: ["test/gone.js"],
      modified: ["test/weak.js"],
      added: ["test/new.js"],
    });
    expect(verdict.flags.map(({ rule, severity }) => [rule, severity])).toEqual([
      ["test_integrity", "extra_approver"],
      ["test_integrity", "extra_approver"],
      ["test_added", "notice"],
    ]);
  });

  test("probe: a test moved elsewhere is one deleted", () => {
    const { testIntegrity } = judged({ "test/a.js": "1" }, { "src/a.js": "1" }, rules);
    expect(testIntegrity).toEqual({ deleted: ["test/a.js"], modified: [], added: [] });
  });
});

describe("a verdict", () => {
  test("has the worst first, and of a rule that strikes often the first fifty and how many more", () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, nth) => [`test/${nth}.js`, "1"]));
    const { flags } = judged({}, { ...many, ".git/config": "x" }, { harnessPaths: ["test/**"] });
    expect(flags[0]).toMatchObject({ rule: "git_directory_name", severity: "block" });
    expect(flags.filter(({ rule }) => rule === "test_added")).toHaveLength(51);
    expect(flags.at(-1)).toMatchObject({
      path: null,
      sentence: "10 more files: is a new test or harness file.",
    });
  });

  test("probe: says blocked for as long as one flag blocks, however many others there are", () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, nth) => [`docs/${nth}.md`, "1"]));
    expect(judged({}, many, { allowedPaths: ["src/**"] }).blocked).toBe(true);
    expect(judged({}, { ...many, "src/a.js": "1" }, { allowedPaths: ["src/**", "docs/**"] }).blocked).toBe(
      false,
    );
  });

  test("probe: whatever a path and a content are, there is a verdict, in known rules and visible sentences", () => {
    const name = fc.oneof(
      fc.constantFrom(".git", "GIT~1", ".gitmodules", "HEAD", "objects", "refs", "package.json", "..", "a"),
      fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !text.includes("/") && !text.includes("\0")),
    );
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
    const text = fc.string({ maxLength: 30 });
    const content = fc.oneof(
      text,
      text.map((link) => ({ link })),
      text.map((run) => ({ run })),
      text.map((submodule) => ({ submodule })),
      text.map((unread) => ({ unread })),
    );
    const tree = fc.dictionary(path, content, { maxKeys: 6 });
    fc.assert(
      fc.property(tree, tree, (base, head) => {
        const { flags, blocked } = judged(base, head, { allowedPaths: ["a/**"], harnessPaths: ["**/a"] });
        for (const { rule, sentence } of flags) {
          expect(RULE_NAMES).toContain(rule);
          expect(sentence).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        }
        expect(blocked).toBe(flags.some(({ severity }) => severity === "block"));
      }),
      { numRuns: 300 },
    );
  });
});
