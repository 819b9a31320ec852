import { describe, expect, test } from "vitest";
import { factsOf, type Tree } from "#lib/testing/git/tree-facts.ts";
import { embeddedRepositoryFlags, modeFlags, nameFlags, symlinkFlags } from "./tree-rules.ts";

const shown = (flags: readonly { rule: string; path: string | null }[]) =>
  flags.map(({ rule, path }) => `${rule} ${path}`);

function names(base: Tree, head: Tree): string[] {
  const { changes, headEntries } = factsOf(base, head);
  return shown(nameFlags(changes, headEntries));
}

function links(base: Tree, head: Tree): string[] {
  const { changes, baseEntries, headEntries, contents } = factsOf(base, head);
  return shown(symlinkFlags(changes, baseEntries, headEntries, contents));
}

function repositories(base: Tree, head: Tree): string[] {
  const { changes, headEntries } = factsOf(base, head);
  return shown(embeddedRepositoryFlags(changes, headEntries));
}

const modes = (base: Tree, head: Tree): string[] => shown(modeFlags(factsOf(base, head).changes));

describe("names", () => {
  test("probe: one that git takes for its own folder is blocked in any case, at any depth", () => {
    expect(names({}, { "a/.GIT/hooks/post-checkout": "x" })).toEqual([
      "git_directory_name a/.GIT/hooks/post-checkout",
    ]);
  });

  test("that go away are not looked at", () => {
    expect(names({ ".git/x": "1", "a\u202eb": "1" }, {})).toEqual([]);
  });

  test("probe: a new one that differs from an old one only in case collides; two old ones do not", () => {
    expect(names({ "Read.md": "1" }, { "Read.md": "1", "read.md": "2" })).toEqual(["name_collision read.md"]);
    expect(names({ A: "1", a: "1" }, { A: "2", a: "1" })).toEqual([]);
  });
});

describe("modes", () => {
  test("a file that becomes executable is named, with both", () => {
    const [flag] = modeFlags(factsOf({ run: "x" }, { run: { run: "x" } }).changes);
    expect(flag).toMatchObject({ rule: "mode_change", sentence: expect.stringContaining("100644 → 100755") });
  });

  test("a submodule that comes, moves or goes is named each time", () => {
    const [one, two] = [{ sub: { submodule: "1" } }, { sub: { submodule: "2" } }];
    for (const [base, head] of [
      [{}, one],
      [one, two],
      [two, {}],
    ] as const)
      expect(modes(base, head)).toEqual(["submodule_change sub"]);
  });

  test("probe: a submodule at a path that ends a line of .gitmodules is blocked", () => {
    expect(modes({}, { "sub\n\tupdate = !sh": { submodule: "1" } })).toContain(
      "submodule_unsafe sub\n\tupdate = !sh",
    );
  });
});

describe("symbolic links", () => {
  test("one inside the tree is said; one that leads out or into a repository's folder is blocked", () => {
    expect(links({}, { "a/link": { link: "../b" } })).toEqual(["symlink_change a/link"]);
    expect(links({}, { "a/link": { link: "../../b" } })).toEqual(["symlink_outside_tree a/link"]);
    expect(links({}, { link: { link: "/etc/passwd" } })).toEqual(["symlink_outside_tree link"]);
    expect(links({}, { link: { link: ".git/config" } })).toEqual(["symlink_into_git link"]);
    expect(links({}, { ".gitattributes": { link: "x" } })).toEqual(["symlink_as_git_file .gitattributes"]);
  });

  test("one that was there and stays is not judged for what it was", () => {
    const old = { out: { link: "/etc/passwd" } } as const;
    expect(links(old, { ...old, a: "1" })).toEqual([]);
    expect(links(old, { ...old, other: { link: "a" } })).toEqual(["symlink_change other"]);
  });

  test("probe: one that was harmless and leads out through a new link is blocked, though it is unchanged", () => {
    const base = { "deep/down/link": { link: "door/../../x" } } as const;
    expect(links(base, { ...base, "deep/down/door": { link: "../.." } })).toContain(
      "symlink_outside_tree deep/down/link",
    );
  });

  test("probe: one whose target was too long to be read is blocked", () => {
    const facts = factsOf({}, { link: { link: "x".repeat(9000) } });
    const flags = symlinkFlags(facts.changes, [], facts.headEntries, new Map());
    expect(shown(flags)).toEqual(["symlink_outside_tree link"]);
  });
});

describe("repositories inside the tree", () => {
  const whole = { "a/HEAD": "ref: x", "a/objects/1": "1", "a/refs/heads/main": "1" };

  test("probe: the three parts together are one, config and hooks included", () => {
    expect(repositories({}, { ...whole, "a/config": "[core]" })).toEqual(
      ["a/HEAD", "a/config", "a/objects/1", "a/refs/heads/main"].map((path) => `embedded_repository ${path}`),
    );
  });

  test("probe: it is one too where two parts were there and the patch brings the third", () => {
    const { "a/HEAD": head, ...rest } = whole;
    expect(repositories(rest, whole)).toEqual(["embedded_repository a/HEAD"]);
    expect(repositories({}, { HEAD: head, "objects/1": "1", "refs/x": "1" })).toHaveLength(3);
  });

  test("one that was whole before is only flagged where the patch had a hand in it", () => {
    expect(repositories(whole, { ...whole, "b.js": "1" })).toEqual([]);
    expect(repositories(whole, { ...whole, "a/hooks/x": "1" })).toEqual(["embedded_repository a/hooks/x"]);
  });

  test("two of three parts, or parts of different folders, are none", () => {
    expect(repositories({}, { "a/HEAD": "1", "a/objects/1": "1", "b/refs/x": "1" })).toEqual([]);
    expect(repositories({}, { "a/HEAD/x": "1", "a/objects/1": "1", "a/refs/x": "1" })).toEqual([]);
  });
});
