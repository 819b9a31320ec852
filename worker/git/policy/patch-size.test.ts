import { expect, test } from "vitest";
import { factsOf, type Tree } from "#lib/testing/git/tree-facts.ts";
import type { ChangedFile } from "../intake/diff.ts";
import { sizeFlags } from "./patch-size.ts";

const changed = (added: number | null, removed: number | null): ChangedFile => ({
  ...{ path: "a", previousPath: null, status: "modified", modeBefore: "100644", modeAfter: "100644" },
  ...{ added, removed },
});
const sentences = (
  files: readonly ChangedFile[],
  maxChangedLines: number,
  base: Tree = {},
  head: Tree = {},
) =>
  sizeFlags({ ...factsOf(base, head), files }, { maxFiles: 0, maxChangedLines }).map(
    ({ sentence }) => sentence,
  );

test("lines that were added and removed count together, over all files", () => {
  const files = [changed(700, 300), changed(1, 0)];
  expect(sentences(files, 1001)).toEqual([]);
  expect(sentences(files, 1000)).toEqual(["The patch changes 1,001 lines; the charter allows 1,000."]);
});

test("no limit is none, and a submodule has no lines", () => {
  expect(sentences([changed(1_000_000, 0)], 0)).toEqual([]);
  expect(sentences([changed(null, null)], 0, {}, { a: { unread: "x" } })).toEqual([]);
  expect(sentences([changed(null, null)], 1, {}, { a: { submodule: "x" } })).toEqual([]);
});

test("probe: a byte that makes git take a file for binary hides none of its lines", () => {
  const head = { a: "\0one\ntwo\nthree" };
  expect(sentences([changed(null, null)], 3, {}, head)).toEqual([]);
  const says = ["The patch changes 3 lines; the charter allows 2."];
  expect(sentences([changed(null, null)], 2, {}, head)).toEqual(says);
  expect(sentences([changed(null, null)], 2, head, {})).toEqual(says);
  const moved = [{ ...changed(null, null), path: "b", previousPath: "a" }];
  expect(sentences(moved, 5, { a: "\0one\ntwo\n" }, { b: "\0one\ntwo\nthree\nfour\n" })).toEqual([
    "The patch changes 6 lines; the charter allows 5.",
  ]);
  expect(sentences([changed(null, null)], 1000, {}, { a: { unread: "x" } })[0]).toMatch(
    /too large for its lines/,
  );
});

test("probe: a program in one line counts as the lines it would fill, whatever ends them for its language", () => {
  for (const text of ["x".repeat(5000), "let a = 1;\r".repeat(500)]) {
    const head = { a: text };
    expect(sentences([changed(1, 0)], 6, {}, head)).toEqual([]);
    expect(sentences([changed(1, 0)], 4, {}, head)[0]).toMatch(/^The patch changes [56] lines/);
    expect(sentences([changed(0, 1)], 4, head, {})[0]).toMatch(/^The patch changes [56] lines/);
    expect(sentences([changed(1, 1)], 2, head, { a: `${text}.` })).toEqual([]);
  }
});
