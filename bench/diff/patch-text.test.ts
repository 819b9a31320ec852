import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { reviewFiles } from "#components/review/diff-rules.ts";
import { cutPatch, fileStarts } from "#lib/patches/shown-parts.ts";
import { makePatch } from "./patch-text.ts";

const changed = (text: string) => text.split("\n").filter((line) => /^[+-](?![+-]{2} )/.test(line)).length;

describe("a made patch", () => {
  test.each([
    { files: 1, changedLines: 2 },
    { files: 20, changedLines: 10_000 },
    { files: 1, changedLines: 10_000 },
    { files: 3, changedLines: 78 },
  ])("of %j has exactly these lines in these files", (shape) => {
    const { text, files } = makePatch(shape);
    expect(changed(text)).toBe(shape.changedLines);
    expect(fileStarts(text)).toHaveLength(shape.files);
    expect(files.reduce((sum, { added, removed }) => sum + (added ?? 0) + (removed ?? 0), 0)).toBe(
      shape.changedLines,
    );
  });

  test("is one that git reads, with the same numbers", () => {
    const folder = mkdtempSync(join(tmpdir(), "pilothouse-bench-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { text, files } = makePatch({ files: 4, changedLines: 400 });
    writeFileSync(join(folder, "made.patch"), text);
    const stat = execFileSync("git", ["apply", "--numstat", "made.patch"], { cwd: folder, encoding: "utf8" });
    expect(stat.trim().split("\n")).toEqual(
      files.map(({ path, added, removed }) => `${added}\t${removed}\t${path}`),
    );
  });

  test("is one that the review page takes whole", () => {
    const { text, files } = makePatch({ files: 2, changedLines: 40 });
    const cut = cutPatch(text);
    const counted = cut.map((file) => ({
      ...file,
      parts: file.parts.map((part) => ({ ...part, sha256: "" })),
    }));
    expect(reviewFiles(files, [], counted).map(({ path }) => path)).toEqual(files.map(({ path }) => path));
    expect(cut.map(({ parts }) => parts.map(({ start, end }) => changed(text.slice(start, end))))).toEqual(
      files.map(() => [20]),
    );
  });

  test("refuses a size that does not come out even", () => {
    expect(() => makePatch({ files: 3, changedLines: 10 })).toThrow("do not divide");
  });
});
