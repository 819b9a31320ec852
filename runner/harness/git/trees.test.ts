import { describe, expect, test } from "vitest";
import { treeLabel, treeSandbox } from "./trees.ts";

const BASE = "a".repeat(40);
const OTHER = "b".repeat(40);
const limits = { memoryBytes: 1, processes: 1, cpus: 1, diskBytes: 1, seconds: 1, outputBytes: 1 };
const sandbox = (tree: Parameters<typeof treeSandbox>[0]["tree"]) =>
  treeSandbox({
    repository: "/data/repository",
    tree,
    part: "test",
    args: ["report.xml", "9", "node"],
    limits,
  });

describe("the sandbox of a tree", () => {
  test("sees the repository read-only and gets everything as arguments", () => {
    const reverts = [
      { commit: OTHER, mainline: null },
      { commit: BASE, mainline: 1 },
    ];
    const spec = sandbox({
      commit: BASE,
      reverts,
      overlay: { from: OTHER, paths: ["test/**", "package.json"] },
    });
    expect(spec.readOnly).toEqual({ "/data/repository": "/in/repository" });
    expect(spec.writable).toBeUndefined();
    expect(spec.command.slice(4)).toEqual([
      BASE,
      `${OTHER} ${BASE}:1`,
      OTHER,
      "test/**\npackage.json",
      "report.xml",
      "9",
      "node",
    ]);
  });

  test.each(["HEAD", "--upload-pack=x", "a".repeat(39), `${BASE}^`, ""])(
    "probe: %j is not taken for a commit",
    (commit) => {
      expect(() => sandbox({ commit })).toThrow("whole commit ids");
      expect(() => sandbox({ commit: BASE, reverts: [{ commit, mainline: null }] })).toThrow(
        "whole commit ids",
      );
      expect(() => sandbox({ commit: BASE, overlay: { from: commit, paths: [] } })).toThrow(
        "whole commit ids",
      );
    },
  );

  test.each([":(exclude)test", "a\nb", "a\0b"])("probe: the harness path %j is refused", (glob) => {
    expect(() => sandbox({ commit: BASE, overlay: { from: BASE, paths: [glob] } })).toThrow("harness path");
  });
});

describe("the label of a tree", () => {
  const revert = { commit: OTHER, mainline: null };
  test.each([
    [{ commit: BASE }, "base"],
    [{ commit: OTHER }, "bbbbbbbbb"],
    [{ commit: BASE, reverts: [revert] }, "base + 1 revert"],
    [{ commit: BASE, reverts: [revert, revert] }, "base + 2 reverts"],
    [{ commit: OTHER, overlay: { from: BASE, paths: [] } }, "bbbbbbbbb, tests of base"],
    [
      { commit: BASE, overlay: { from: OTHER, paths: [], says: "tests of the patch" } },
      "base, tests of the patch",
    ],
    [{ commit: OTHER, overlay: { from: BASE, paths: [], says: "" } }, "bbbbbbbbb"],
  ])("%j is said as %j", (tree, label) => {
    expect(treeLabel(tree, BASE)).toBe(label);
  });
});
