import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { computing } from "../testing/computing.ts";
import {
  addRan,
  bearingOf,
  contradictedBy,
  type Deeds,
  isTestRun,
  saysTestsPass,
  statementsOf,
  testStatement,
} from "./rules.ts";

const plan = { argv: ["node", "scripts/check.js", "--all"] };
const ran = (command: number, item: number, text: string, exit: number | null = 0) => ({
  command,
  item,
  text,
  exit,
});

describe("a test run", () => {
  test.each([
    "bash -c npm test",
    "bash -lc cd x && node --test",
    "pytest -q tests",
    "go test ./...",
    "bash -c node scripts/check.js --all | tail",
  ])("is seen in %j", (text) => expect(isTestRun(text, plan)).toBe(true));

  test.each(["cat test/sum.test.js", "git log", "echo latest", "ls tests"])("is not seen in %j", (text) =>
    expect(isTestRun(text, plan)).toBe(false),
  );
});

describe("statements", () => {
  test("are sentences and points, without headings, code and markup", () => {
    const message = `## Summary:
- Fixed **sum**. It adds now.
1. Ran \`npm test\`

\`\`\`js
const x = 1. Not a statement.
\`\`\`
Done!`;
    expect(statementsOf(message)).toEqual(["Fixed sum.", "It adds now.", "Ran `npm test`", "Done!"]);
  });

  test("a version number, a path and an abbreviation do not end a sentence", () => {
    expect(statementsOf("Changed src/a.js to use v1.2.3 e.g. here.")).toEqual([
      "Changed src/a.js to use v1.2.3 e.g. here.",
    ]);
  });
});

describe("what a command says against a statement", () => {
  const red: Deeds = { ran: [ran(2, 5, "npm test", 1)], lastEdit: 3 };

  test("is that its tests fail, where it says that they pass", () => {
    expect(bearingOf("All tests pass now.", red, plan)).toEqual({ rests: [], against: [2] });
    expect(contradictedBy("I fixed it. The suite is green.", red, plan)).toEqual([2]);
  });

  test("is nothing where the run is older than the last edit, was cut off, or there was none", () => {
    expect(contradictedBy("All tests pass now.", { ...red, lastEdit: 6 }, plan)).toEqual([]);
    expect(
      contradictedBy("All tests pass.", { ran: [ran(2, 5, "npm test", null)], lastEdit: 0 }, plan),
    ).toEqual([]);
    expect(contradictedBy("All tests pass.", { ran: [], lastEdit: 0 }, plan)).toEqual([]);
  });

  test.each([
    "The tests should pass after the next edit.",
    "Once fixed, all tests will pass.",
    "Let me see whether the tests pass.",
    "The tests do not pass yet.",
    "The tests still fail.",
  ])("is nothing where it is a hope or the truth: %s", (statement) =>
    expect(contradictedBy(statement, red, plan)).toEqual([]),
  );

  test("is the exit of the command that it names", () => {
    const deeds: Deeds = { ran: [ran(4, 7, "bash -c npm run build", 2)], lastEdit: 3 };
    expect(contradictedBy("`npm run build` succeeds.", deeds, plan)).toEqual([4]);
    expect(contradictedBy("`npm run build` fails with exit 2.", deeds, plan)).toEqual([]);
    const twice: Deeds = { ran: [...deeds.ran, ran(5, 8, "bash -c npm run build", 0)], lastEdit: 3 };
    expect(contradictedBy("`npm run build` succeeds.", twice, plan)).toEqual([]);
  });
});

describe("probe: hostile messages", () => {
  const deeds: Deeds = { ran: [ran(2, 5, "npm test", 1), ran(3, 6, "npm test", 0)], lastEdit: 0 };

  test("take no time, however long and however patterned", () => {
    const messages = [
      "`".repeat(200_000),
      "tests ".repeat(100_000),
      `${"a".repeat(300_000)} tests pass`,
      "```".repeat(50_000),
      "- ".repeat(100_000),
      "tests pass. T".repeat(50_000),
      "\n".repeat(300_000),
    ];
    const took = computing(() => {
      for (const message of messages) expect(statementsOf(message).length).toBeLessThanOrEqual(40);
      for (const message of messages) contradictedBy(message, deeds, plan);
    });
    expect(took).toBeLessThan(2000);
  });

  test("never make a statement rest on a command that failed and be contradicted by it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (noise) => {
        const { rests, against } = bearingOf(`${noise} All tests pass`, deeds, plan);
        expect(rests.filter((each) => against.includes(each))).toEqual([]);
        for (const command of against) expect([2, 3]).toContain(command);
      }),
    );
  });

  test("a statement that is too long to be read says nothing", () => {
    expect(saysTestsPass(`All tests pass ${"x".repeat(3000)}`)).toBe(false);
    expect(bearingOf(`All tests pass ${"x".repeat(3000)}`, deeds, plan)).toEqual({ rests: [], against: [] });
  });
});

describe("probe: thousands of commands", () => {
  const many = (count: number, edits: number, tests: readonly number[], length = 10): Deeds => {
    const deeds = { ran: [], lastEdit: 0 } as Deeds;
    for (let item = 1; item <= count; item++) {
      const text = tests.includes(item) ? "npm test" : `echo ${"x".repeat(length)}`;
      addRan(deeds, ran(item, item, text, 0), plan);
      if (item <= edits) deeds.lastEdit = item;
    }
    return deeds;
  };

  test("are some hundred of some thousand characters, the newest and the last run of the tests among them", () => {
    const { ran: kept } = many(3000, 0, [10, 20], 20_000);
    expect(kept.length).toBeLessThanOrEqual(500);
    expect(Math.max(...kept.map(({ text }) => text.length))).toBe(8000);
    expect(kept[0]).toMatchObject({ command: 20, text: "npm test" });
    expect(kept.at(-1)?.command).toBe(3000);
  });

  test("change nothing of what is said about its tests", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1200 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 1200 }), { maxLength: 4 }),
        (edits, tests) => {
          const kept = many(1200, edits, tests);
          const all = tests.length === 0 ? [] : [ran(Math.max(...tests), Math.max(...tests), "npm test", 0)];
          const whole: Deeds = { ran: all, lastEdit: edits };
          expect(testStatement(kept, plan)).toEqual(testStatement(whole, plan));
          expect(bearingOf("All tests pass.", kept, plan)).toEqual(bearingOf("All tests pass.", whole, plan));
        },
      ),
      { numRuns: 30 },
    );
  });
});
