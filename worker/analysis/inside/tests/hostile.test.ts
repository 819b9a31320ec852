import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeConfigs } from "../configs/judge-configs.ts";
import { licenceHeaders } from "../licences/headers.ts";
import { judgePackages } from "../packages/judge-packages.ts";
import type { ChangedContent } from "../request.ts";
import { readRequest, requestBytes } from "../request.ts";
import { isAskedAbout } from "../which-files.ts";
import { judgeTests } from "./judge-tests.ts";

const file = (path: string, before: Buffer | null, after: Buffer | null): ChangedContent => ({
  ...{ path, previousPath: null, isHarness: false, before, after },
});
const NAMES = [
  ...["a.test.ts", "b.spec.jsx", "test_c.py", "d_test.go", "ETest.java", "package.json", "package-lock.json"],
  ...["yarn.lock", "pnpm-lock.yaml", "uv.lock", ".github/workflows/x.yml", "Makefile", "pom.xml", "go.sum"],
];
const WORDS = [
  "test(",
  "fit(",
  "expect(a).toBe(1)",
  "{",
  "}",
  "(",
  ")",
  '"',
  "\\u0000",
  "\n",
  "a: &a [*a]",
  "- run: x || true",
];
const path = fc.constantFrom(...NAMES);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((raw) => Buffer.from(raw)),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 40 }).map((words) => Buffer.from(words.join(" "))),
);

describe("files of strangers", () => {
  test("probe: whatever they hold, reading them ends with an answer, and an unchanged one says nothing of tests", async () => {
    await fc.assert(
      fc.asyncProperty(path, bytes, bytes, async (name, before, after) => {
        const files = [file(name, before, after)];
        const found = [...(await judgeTests(files)), ...(await judgeConfigs(files))];
        expect(found.every(({ path: of }) => of === name)).toBe(true);
        expect(judgePackages(files).notes.every(({ path: of }) => of === name)).toBe(true);
        expect(licenceHeaders(files)).toBeInstanceOf(Array);
        const same = await judgeTests([file(name, before, before)]);
        expect(same.filter(({ rule }) => rule !== "unreadable" && rule !== "skipped_when_new")).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test("are handed over as they are, whatever their names and bytes", () => {
    const side = fc.oneof(bytes, fc.constant(null), fc.constant("large" as const));
    const one = fc.record({
      path: fc.string({ minLength: 1 }),
      previousPath: fc.oneof(fc.string(), fc.constant(null)),
      isHarness: fc.boolean(),
      before: side,
      after: side,
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), (files) => {
        expect(readRequest(requestBytes(files))).toEqual(files);
      }),
    );
  });

  test("probe: nesting and length without end are unreadable within the bounds", async () => {
    const deep = Buffer.from(
      `test("a", () => { expect(1).toBe(${"(".repeat(20_000)}1${")".repeat(20_000)}); });`,
    );
    const long = Buffer.alloc(2 * 1024 * 1024, "a");
    const flat = Buffer.from("a;".repeat(400_000));
    for (const content of [deep, long, flat])
      expect((await judgeTests([file("a.test.ts", null, content)])).map(({ rule }) => rule)).toEqual([
        "unreadable",
      ]);
  });

  test("nothing is asked about files that no rule looks into", () => {
    const plain = (name: string, text = "x") => isAskedAbout(file(name, null, Buffer.from(text)));
    expect([plain("src/a.ts"), plain("README.md"), plain("src/image.png")]).toEqual([false, false, false]);
    expect([plain("src/a.ts", "// Copyright 2020 A"), plain("a.test.ts"), plain("go.sum")]).toEqual([
      true,
      true,
      true,
    ]);
  });
});
