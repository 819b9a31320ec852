// Reports as Jest 30 with jest-junit 16, JUnit 5.9's platform with its vintage engine, Go 1.19, gotestsum 1.8.2 and go-junit-report 2
// wrote them, traces shortened.
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readGoReport } from "./go-json.ts";
import { readReport } from "./junit.ts";
import { idsOf } from "./report.ts";

const read = (text: string) => readReport(Buffer.from(text), "/work/tree");
const report = (name: string) =>
  readReport(readFileSync(path.join(import.meta.dirname, "fixtures", name)), "/work/tree");
const said = (name: string) => report(name).cases.map(({ id, outcome }) => `${outcome} ${id}`);
const withoutCanaries = (lines: readonly string[]) => lines.filter((line) => !line.includes("canary_"));

test("Jest's names files, and joins the names of describes", () => {
  expect(withoutCanaries(said("jest.xml"))).toEqual([
    "failed src/sum.test.js › sum adds",
    "skipped src/sum.test.js › sum later",
    "passed src/sum.test.js › adds nothing",
    "passed src/other.test.js › other",
  ]);
  expect(
    said("jest.xml")
      .filter((line) => line.includes("canary_"))
      .map((line) => line.split(" ")[0]),
  ).toEqual(Array.from({ length: 5 }, () => "failed"));
});

test("JUnit's names classes, nested ones too, of both of its engines", () => {
  expect(said("junit-platform.xml").toSorted()).toEqual([
    "failed JUnit Jupiter › org.acme.SumTest › adds()",
    "failed JUnit Vintage › org.acme.OldTest › addsOld",
    "passed JUnit Jupiter › org.acme.SumTest › addsNothing()",
    "passed JUnit Jupiter › org.acme.SumTest › each(int)[1]",
    "passed JUnit Jupiter › org.acme.SumTest › each(int)[2]",
    "passed JUnit Jupiter › org.acme.SumTest$Inner › deep()",
    "passed JUnit Vintage › org.acme.OldTest › matches",
    "skipped JUnit Jupiter › org.acme.SumTest › later()",
  ]);
  expect(report("junit-platform.xml").cases[0]?.failure?.message).toBe("expected: <3> but was: <-1>");
});

describe("what go test -json prints", () => {
  test("names packages and tests, and a package that cannot be built as failed itself", () => {
    expect(said("go-test.jsonl")).toEqual([
      "failed example.org/sum/broken",
      "passed example.org/sum/panics › TestFine",
      "failed example.org/sum/panics › TestPanics",
      "skipped example.org/sum/other › TestSkipped",
      "failed example.org/sum/pkg/sum › TestAdds",
      "passed example.org/sum/pkg/sum › TestAddsNothing/to_one",
      "passed example.org/sum/pkg/sum › TestAddsNothing",
      "failed example.org/sum/pkg/sum › Test_canary_0123456789ab_0_fails",
    ]);
  });

  test("keeps what a failing test said", () => {
    const { cases } = report("go-test.jsonl");
    expect(cases.find(({ id }) => id.endsWith("TestAdds"))?.failure?.message).toBe(
      "sum_test.go:7: -1 is not 3",
    );
  });

  test("is named alike by gotestsum and go-junit-report, which say each in their way that a package cannot be built", () => {
    const both = [
      "passed example.org/sum/pkg/panics › TestFine",
      "failed example.org/sum/pkg/panics › TestPanics",
      "failed example.org/sum/pkg/sum › TestAdds",
      "failed example.org/sum/pkg/sum › TestNothing",
      "passed example.org/sum/pkg/sum › TestNothing/to_one",
      "failed example.org/sum/pkg/sum › TestNothing/to_two",
      "skipped example.org/sum/pkg/sum › TestLater",
    ];
    // gotestsum counts it and names nothing: its tests are not there, and its exit code is another than 0.
    expect(said("gotestsum.xml").toSorted()).toEqual(both.toSorted());
    expect(said("go-junit-report.xml").toSorted()).toEqual(
      ["failed example.org/sum/pkg/broken › [build failed]", ...both].toSorted(),
    );
    const failed = report("go-junit-report.xml").cases.find(({ id }) => id.endsWith("TestAdds"));
    expect(failed?.failure?.detail).toContain("sum_test.go:10: not 3 <&>");
  });

  const event = (of: Record<string, string>) => JSON.stringify({ Package: "p", ...of });

  test("probe: a package that fails although each of its tests passes has failed", () => {
    const lines = [
      event({ Action: "run", Test: "A" }),
      event({ Action: "pass", Test: "A" }),
      event({ Action: "fail" }),
    ];
    expect(idsOf(read(lines.join("\n")), "failed")).toEqual(["p"]);
  });

  test("probe: a test that began and never ended has failed", () => {
    expect(
      idsOf(read([event({ Action: "run", Test: "A" }), event({ Action: "fail" })].join("\n")), "failed"),
    ).toEqual(["p › A"]);
  });

  test.each([
    ["before a failure", ["pass", "fail"], "failed"],
    ["after a failure", ["fail", "pass"], "failed"],
    ["as skipped after a failure", ["fail", "skip"], "failed"],
    ["before the test is skipped", ["pass", "skip"], "skipped"],
  ])("probe: a result that is printed %s does not make up for it", (_, actions, outcome) => {
    const lines = actions.map((Action) => event({ Action, Test: "A" }));
    expect(read(lines.join("\n")).cases).toMatchObject([{ id: "p › A", outcome }]);
  });

  test("a test that ran twice and passed is one that passed, and its attributes are no results", () => {
    const lines = ["run", "pass", "run", "attr", "pass"].map((Action) => event({ Action, Test: "A" }));
    expect(read(lines.join("\n")).cases.map(({ id, outcome }) => `${outcome} ${id}`)).toEqual([
      "passed p › A",
    ]);
  });

  test("probe: packages that fail beside thousands of tests that never end are read without looking through them each time", () => {
    const many = 100_000;
    const begun = Array.from({ length: many }, (_, n) => `{"Action":"run","Test":"T${n}"}`);
    const failed = Array.from({ length: many }, (_, n) => `{"Action":"fail","Package":"p${n}"}`);
    expect(readGoReport([...begun, ...failed].join("\n"))).toHaveLength(2 * many);
  });

  test.each([
    ["a line that is no event", `${event({ Action: "run", Test: "A" })}\nok all fine`],
    ["an action nobody knows", event({ Action: "shrug", Test: "A" })],
    ["JSON of something else", '{"tests":[]}'],
  ])("probe: %s is refused in a sentence", (_, text) => {
    expect(() => read(text)).toThrow("a line is no event of go test -json");
  });

  test("probe: whatever lines come, nothing but cases or null comes out", () => {
    const line = fc.oneof(
      fc.string(),
      fc
        .record({
          Action: fc.constantFrom("run", "pass", "fail", "skip", "output"),
          Test: fc.string(),
          Package: fc.string(),
        })
        .map((each) => JSON.stringify(each)),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const cases = readGoReport(lines.join("\n"));
        expect(cases === null || cases.every(({ name }) => typeof name === "string")).toBe(true);
      }),
    );
  });
});
