import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { REPORT_BYTES, REPORT_TESTS, readReport } from "./junit.ts";
import { idsOf, type Report } from "./report.ts";

const ROOT = "/work/tree";
const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, "fixtures", `${name}.xml`));
const read = (xml: string) => readReport(Buffer.from(xml), ROOT);
const one = (attributes: string, inside = "") =>
  read(`<testsuites><testcase ${attributes}>${inside}</testcase></testsuites>`).cases[0];
const failureOf = (report: Report, id: string) =>
  report.cases.find((testCase) => testCase.id === id)?.failure;

describe("a report of Node's runner", () => {
  const report = readReport(fixture("node"), ROOT);

  test("names tests by file, suites and name", () => {
    expect(idsOf(report, "passed")).toEqual([
      "test/a.test.js › plain passes",
      "test/a.test.js › dup",
      "test/a.test.js › dup #2",
      "test/a.test.js › outer › inner › deep",
      "test/a.test.js › with subtests › child",
    ]);
  });

  test("names what failed, a file that did not load among it", () => {
    expect(idsOf(report, "failed")).toEqual([
      "test/a.test.js › plain fails",
      'test/a.test.js › message & <odd> "chars"‹LF›newline',
      "test/a.test.js › esc ‹ESC›[31m",
      "test/broken.test.js",
      "test/a.test.js › outer › inner › deep fails",
      "test/a.test.js › hook suite › never",
      "test/a.test.js › with subtests › bad child",
    ]);
  });

  test("counts a failing todo as skipped, as Node does", () => {
    expect(idsOf(report, "skipped")).toEqual(["test/a.test.js › skipped one", "test/a.test.js › todo one"]);
  });

  test("keeps the message with its line breaks and the stack", () => {
    const failure = failureOf(report, "test/a.test.js › plain fails");
    expect(failure?.message).toBe("Expected values to be strictly equal:\n\n1 !== 2");
    expect(failure?.detail).toContain("file:///work/tree/test/a.test.js:4:36");
  });

  test("probe: is refused when a test failed after its subtests, which the report leaves out", () => {
    expect(() => readReport(fixture("node-hidden"), ROOT)).toThrow("counts more failed tests than it names");
  });
});

describe("a report of Vitest", () => {
  const report = readReport(fixture("vitest"), ROOT);

  test("names tests by file, suites and name", () => {
    expect(report.cases.map(({ id, outcome }) => `${outcome} ${id}`)).toEqual([
      "passed test/a.test.ts › plain passes",
      "failed test/a.test.ts › plain fails",
      "passed test/a.test.ts › dup",
      "passed test/a.test.ts › dup #2",
      "skipped test/a.test.ts › skipped",
      "skipped test/a.test.ts › todo",
      'failed test/a.test.ts › outer › inner › deep <odd> & "q"',
      "passed test/a.test.ts › outer › inner › ok",
      "failed test/broken.test.ts",
      "skipped test/hook.test.ts › never",
      "failed test/hook.test.ts",
    ]);
  });

  test("keeps the error class", () => {
    expect(failureOf(report, "test/a.test.ts › plain fails")).toMatchObject({
      type: "AssertionError",
      message: "expected 1 to be 2 // Object.is equality",
    });
  });
});

describe("a report of pytest", () => {
  const report = readReport(fixture("pytest"), ROOT);

  test("turns modules into files and keeps classes and parameters", () => {
    expect(report.cases.map(({ id, outcome }) => `${outcome} ${id}`)).toEqual([
      "passed test_mod.py › TestThing › test_ok",
      "passed test_mod.py › TestThing › test_param[1]",
      "failed test_mod.py › TestThing › test_param[2]",
      "failed test_mod.py › test_err",
      "skipped test_mod.py › test_skip",
      "skipped test_mod.py › test_xfail",
      "failed test_mod.py › test_fixture",
      "failed test_mod.py › test_teardown",
      "failed tests/unit/test_deep.py › test_deep",
    ]);
  });

  test("takes an error in a fixture for a failure", () => {
    expect(failureOf(report, "test_mod.py › test_fixture")?.message).toBe(
      'failed on setup with "RuntimeError: fixture broke"',
    );
  });

  test("names a module that could not be collected", () => {
    const suite = (inside: string) =>
      `<testsuites><testsuite name="pytest">${inside}</testsuite></testsuites>`;
    const [failed] = read(
      suite('<testcase classname="" name="pkg.test_x"><error message="collection failure"/></testcase>'),
    ).cases;
    expect(failed).toMatchObject({ id: "pkg/test_x.py", outcome: "failed" });
  });
});

describe("other writers of JUnit XML", () => {
  test("a single testsuite may be the root", () => {
    const report = read('<testsuite name="Sums"><testcase classname="sums" name="adds"/></testsuite>');
    expect(idsOf(report, "passed")).toEqual(["Sums › sums › adds"]);
  });

  test("a class name that repeats the suite is not said twice", () => {
    expect(one('classname="a.js" name="adds" file="a.js"')?.id).toBe("a.js › adds");
  });

  test("failure text may stand in CDATA, where entities are plain text", () => {
    expect(one('name="a"', "<failure><![CDATA[x &lt; y]]></failure>")?.failure?.message).toBe("x &lt; y");
  });

  test("a test that is skipped and failed at once has failed", () => {
    expect(one('name="a"', '<skipped/><failure message="x"/>')?.outcome).toBe("failed");
  });
});

describe("a hostile report", () => {
  test("probe: larger than the cap is refused before it is parsed", () => {
    expect(() => readReport(new Uint8Array(REPORT_BYTES + 1), ROOT)).toThrow("larger than 20 MB");
  });

  test("probe: an entity bomb stays unexpanded", () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>`;
    expect(read(`${bomb}<testsuites><testcase name="&b;"/></testsuites>`).cases[0]?.id).toBe("&b;");
  });

  test("probe: an external entity is not read", () => {
    const external = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>';
    const readIt = () => read(`${external}<testsuites><testcase name="&e;"/></testsuites>`).cases[0]?.id;
    try {
      expect(readIt()).toBe("&e;");
    } catch (error) {
      expect(String(error)).toContain("not readable JUnit XML");
    }
  });

  test("probe: nesting without end is refused", () => {
    expect(() => read("<testsuite>".repeat(50_000) + "</testsuite>".repeat(50_000))).toThrow(
      "not readable JUnit XML",
    );
  });

  test.each([
    ["cut off", '<testsuites><testcase name="a"><failure message="x">'],
    ["two roots", '<testsuites/><testsuites><testcase name="a"/></testsuites>'],
    ["another root", '<html><testcase name="a"/></html>'],
    ["no XML", "All tests passed!"],
    ["nothing", ""],
    ["a prototype for a tag", '<testsuites><__proto__ name="x"/></testsuites>'],
  ])("probe: %s is refused in a sentence", (_, xml) => {
    expect(() => read(xml)).toThrow("not readable JUnit XML");
  });

  test("probe: a report without tests proves nothing", () => {
    expect(() => read("<testsuites/>")).toThrow("names no test");
    expect(() => read('<testsuites><testsuite name="a"/></testsuites>')).toThrow("names no test");
  });

  test("probe: more tests than an observation holds are refused", () => {
    const many = '<testcase name="a"/>'.repeat(REPORT_TESTS + 1);
    expect(() => read(`<testsuites>${many}</testsuites>`)).toThrow("more than 20000 tests");
  });

  test("probe: a name that imitates a counter stays apart from the counted one", () => {
    const report = read(
      '<testsuites><testcase name="a"/><testcase name="a #2"/><testcase name="a"/></testsuites>',
    );
    expect(idsOf(report, "passed")).toEqual(["a", "a #2", "a #3"]);
  });

  test("probe: character references beyond Unicode do no harm", () => {
    expect(one('name="x&#9999999;&#xD800;&#0;"')?.id).toBe("x�‹U+D800›‹NUL›");
  });

  test("probe: bidi and control characters become visible in names and messages", () => {
    const found = one('name="a&#x202E;b"', '<failure message="&#27;]52;c;x&#7;"/>');
    expect(found?.id).toBe("a‹U+202E›b");
    expect(found?.failure?.message).toBe("‹ESC›]52;c;x‹BEL›");
  });

  test("whatever is in names and messages, ids are unique, bounded and without anything invisible", () => {
    const text = fc.string({ unit: "binary", maxLength: 1200 });
    const escaped = (raw: string) =>
      raw.replace(/[&<>"\s]/g, (character) => `&#${character.codePointAt(0)};`);
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 8 }), (tests) => {
        const cases = tests.map(
          ([name, message]) =>
            `<testcase name="${escaped(name)}"><failure message="${escaped(message)}"/></testcase>`,
        );
        const { cases: found } = read(`<testsuites>${cases.join("")}</testsuites>`);
        expect(new Set(found.map(({ id }) => id)).size).toBe(tests.length);
        for (const { id, failure } of found) {
          expect(id.length).toBeLessThanOrEqual(1000);
          expect(id).not.toMatch(/[\p{Cc}\p{Cs}\u202A-\u202E\u200B]/u);
          expect(failure?.message.length).toBeLessThanOrEqual(2000);
          expect(failure?.message.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  test("whatever bytes come, the answer is a report or a sentence", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string().map((text) => Buffer.from(`<testsuites>${text}</testsuites>`)),
        ),
        (bytes) => {
          try {
            expect(readReport(bytes, ROOT).cases.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toMatchObject({ code: "refused" });
          }
        },
      ),
    );
  });
});
