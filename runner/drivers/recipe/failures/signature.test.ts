import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readReport } from "#lib/test-reports/junit.ts";
import { cluster } from "./cluster.ts";
import { frameOf, signatureOf, wordsOf } from "./signature.ts";

const fixtures = path.resolve(import.meta.dirname, "../../../../lib/test-reports/fixtures");
const failed = (name: string) =>
  readReport(readFileSync(path.join(fixtures, `${name}.xml`)), "/work/tree").cases.filter(
    ({ outcome }) => outcome === "failed",
  );
const signatures = (name: string) =>
  Object.fromEntries(failed(name).map(({ id, failure }) => [id, signatureOf(id, failure)]));

describe("the signature of a failure", () => {
  test("of Node's runner", () => {
    expect(signatures("node")).toMatchObject({
      "test/a.test.js › plain fails":
        "AssertionError: Expected values to be strictly equal: — test/a.test.js",
      "test/a.test.js › outer › inner › deep fails":
        "AssertionError: Expected values to be strictly deep-equal: — test/a.test.js",
      "test/a.test.js › with subtests › bad child": "Error: child — test/a.test.js",
      "test/broken.test.js": "failure: test failed — test/broken.test.js",
    });
  });

  test("of Vitest", () => {
    expect(signatures("vitest")).toMatchObject({
      "test/a.test.ts › plain fails":
        "AssertionError: expected … to be … // Object.is equality — test/a.test.ts",
      "test/broken.test.ts":
        "Error: Cannot find module … imported from test/broken.test.ts — test/broken.test.ts",
    });
  });

  test("of pytest", () => {
    expect(signatures("pytest")).toMatchObject({
      "test_mod.py › TestThing › test_param[2]": "AssertionError: assert … == … — test_mod.py",
      "test_mod.py › test_err": "ValueError: boom #x…B[…m — test_mod.py",
    });
  });

  test("names the product's function that threw, wherever the test is", () => {
    const detail = [
      "  cause: TypeError: Cannot read properties of null (reading 'trim')",
      "      at normalise (file:///work/tree/src/customers.js:4:16)",
      "      at TestContext.<anonymous> (file:///work/tree/test/customers.test.js:36:12)",
    ].join("\n");
    const failure = {
      type: "testCodeFailure",
      message: "Cannot read properties of null (reading 'trim')",
      detail,
    };
    const expected =
      "TypeError: Cannot read properties of null (reading 'trim') — src/customers.js normalise";
    expect(signatureOf("test/customers.test.js › a", failure)).toBe(expected);
    expect(signatureOf("test/payments.test.js › b", failure)).toBe(expected);
  });

  test("a failure without a word falls back on the file", () => {
    expect(signatureOf("a.js › b", null)).toBe("failure in a.js");
    expect(signatureOf("a.js › b", { type: "", message: "", detail: "" })).toBe(
      "failure: (no message) — a.js",
    );
  });

  test("whatever a test says, the signature is short and comes quickly", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "'".repeat(9000),
        "at (".repeat(3000),
        "a".repeat(50_000),
        "9.".repeat(20_000),
        "…'".repeat(5000),
      ),
    );
    fc.assert(
      fc.property(text, text, text, (type, message, detail) => {
        const signature = signatureOf("a.js › b", { type, message, detail });
        expect(signature.length).toBeLessThanOrEqual(500);
        expect(signature.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe("the words of a message", () => {
  test.each([
    ["expected 12 to be 13", true, "expected … to be …"],
    ["Expected null to be 'friendly'", true, "Expected … to be …"],
    ["Timed out after 3000ms", false, "Timed out after …ms"],
    ["no customer c9", false, "no customer c…"],
    ['duplicate key "5f0c2d9a-11aa"', false, "duplicate key …"],
    ["Cannot find '/work/tree/src/a.js'", false, "Cannot find …"],
    ["TypeError: x is not a function", false, "x is not a function"],
    ["first line\nsecond line", false, "first line"],
    ["", false, "(no message)"],
  ])("%j becomes %j", (message, isAssertion, words) => {
    expect(wordsOf(message, isAssertion)).toBe(words);
  });
});

describe("the topmost frame in the repository", () => {
  test.each([
    [
      "    at async Class.method (file:///work/tree/src/a.js:1:2)",
      { file: "src/a.js", name: "Class.method" },
    ],
    ["    at file:///work/tree/src/a.js:1:2", { file: "src/a.js", name: "" }],
    ["    at Object.load (/work/tree/lib/a.cjs:10:3)", { file: "lib/a.cjs", name: "load" }],
    [" ❯ load src/a.ts:3:39", { file: "src/a.ts", name: "load" }],
    [" ❯ src/a.ts:3:39", { file: "src/a.ts", name: "" }],
    ["pkg/a.py:12: ValueError", { file: "pkg/a.py", name: "" }],
    ["    at Test.run (node:internal/test_runner/test:1402:25)", null],
    ["    at x (file:///usr/lib/other.js:1:2)", null],
  ])("of %j", (detail, frame) => {
    expect(frameOf(detail)).toEqual(frame);
  });

  test("leaves third-party code out", () => {
    const detail = [
      "    at parse (/work/tree/node_modules/lib/index.js:1:1)",
      "    at read (/work/tree/src/a.js:2:2)",
    ].join("\n");
    expect(frameOf(detail)).toEqual({ file: "src/a.js", name: "read" });
  });

  test("is the innermost one of pytest's", () => {
    expect(frameOf("test_a.py:3: in test\npkg/a.py:9: in call\npkg/b.py:1: ValueError")).toEqual({
      file: "pkg/b.py",
      name: "",
    });
  });
});

describe("clusters", () => {
  test("hold the failures of one signature, numbered from where they begin", () => {
    const clusters = cluster(failed("node"), 4);
    expect(clusters.map(({ number }) => number)).toEqual(clusters.map((_, index) => 4 + index));
    expect(clusters.flatMap(({ tests }) => tests).toSorted()).toEqual(
      failed("node")
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  test("failures that differ in their data only come together", () => {
    const failure = (message: string) => ({
      type: "AssertionError",
      message,
      detail: " ❯ test/a.test.ts:3:39",
    });
    const cases = ["expected 1 to be 2", "expected 'x' to be null"].map((message, index) => ({
      id: `test/a.test.ts › ${index}`,
      outcome: "failed" as const,
      failure: failure(message),
    }));
    expect(cluster(cases, 1)).toMatchObject([
      { number: 1, tests: ["test/a.test.ts › 0", "test/a.test.ts › 1"] },
    ]);
  });
});
