import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judge } from "../evidence/rules.ts";
import type { NewEvent } from "../protocol/events.ts";
import { computing } from "../testing/computing.ts";
import { storedAs } from "../testing/drift-events.ts";
import { observeAll } from "../testing/observations.ts";
import { doneIn, lastTestOf } from "./deeds.ts";
import { isOurs, testStatement } from "./rules.ts";
import { claimView, harnessWord, type Seen } from "./standing.ts";

const PLAN = { argv: ["node", "--test"] };
const BASE = "a".repeat(40);
const FIXED = "b".repeat(40);

const ran = (item: number, argv: string[], exit: number | null, tree: string): NewEvent[] => [
  { kind: "command_started", body: { command: item, argv, tree: "work", purpose: "" } },
  { kind: "item_opened", body: { item, type: "command", title: "", command: item } },
  { kind: "command_finished", body: { command: item, exit, ended: "itself", milliseconds: 1, dropped: 0 } },
  { kind: "item_closed", body: { item, status: "completed", exit } },
  { kind: "tree_recorded", body: { item, tree } },
];
const edited = (item: number, tree: string): NewEvent[] => [
  { kind: "item_opened", body: { item, type: "patch", title: "" } },
  { kind: "item_closed", body: { item, status: "completed" } },
  { kind: "tree_recorded", body: { item, tree } },
];
const harness = (command: number): NewEvent[] => [
  { kind: "command_started", body: { command, argv: ["node", "--test"], tree: "base", purpose: "" } },
  { kind: "command_finished", body: { command, exit: 1, ended: "itself", milliseconds: 1, dropped: 0 } },
];
const done = (...story: NewEvent[][]) => doneIn(storedAs(story.flat()), BASE);

const [same, test_] = [3, ["node", "--test"]];
const good = done(harness(90), edited(1, FIXED), ran(2, test_, 0, FIXED));
const stale = done(ran(1, test_, 0, BASE), edited(2, FIXED));
const red = done(edited(1, FIXED), ran(2, test_, 1, FIXED));

function seen(patch: Record<string, "passed" | "failed">, files = ["src/sum.js"]): Seen {
  const base = {
    "test/sum.test.js › adds two numbers": "failed",
    "test/sum.test.js › other": "passed",
  } as const;
  const of = (results: Record<string, "passed" | "failed">) =>
    Object.fromEntries(Object.entries(results).map(([name, result]) => [name, Array(same).fill(result)]));
  return { judgement: judge(observeAll({ base: of(base), patch: of(patch) }), []), files };
}
const GREEN = seen({ "test/sum.test.js › adds two numbers": "passed", "test/sum.test.js › other": "passed" });
const RED = seen({ "test/sum.test.js › adds two numbers": "failed", "test/sum.test.js › other": "passed" });

describe("the last test run", () => {
  test("is newer or older than the last edit, or there was none", () => {
    expect(lastTestOf(good, PLAN)).toMatchObject({ state: "newer", run: { command: 2, exit: 0 } });
    expect(lastTestOf(stale, PLAN)).toMatchObject({ state: "older", run: { command: 1 } });
    expect(lastTestOf(done(edited(1, FIXED)), PLAN)).toEqual({ state: "none" });
  });

  test("leads to the event that says how it ended", () => {
    const events = storedAs([...harness(90), ...edited(1, FIXED), ...ran(2, test_, 0, FIXED)]);
    const last = lastTestOf(doneIn(events, BASE), PLAN);
    expect(last.state === "none" ? null : events[last.run.seq - 1]?.kind).toBe("command_finished");
  });

  test("of an attempt whose beginning nobody knows counts from its first tree", () => {
    const events = storedAs([...ran(1, test_, 0, FIXED), ...ran(2, ["ls"], 0, FIXED)]);
    expect(lastTestOf(doneIn(events, null), PLAN)).toMatchObject({ state: "older" });
  });
});

describe("a claim", () => {
  const view = (text: string, commands: number[], deeds = good, what: Seen | null = null) =>
    claimView({ text, commands }, deeds, PLAN, what);

  test("rests on the command that bears it", () => {
    expect(view("All tests pass.", [2])).toMatchObject({
      standing: "rests",
      rests: [{ command: 2, text: "node --test", exit: 0 }],
      harness: "cannot_say",
    });
  });

  test("is contradicted by the command that says the opposite", () => {
    expect(view("All tests pass.", [], red)).toMatchObject({
      standing: "contradicted",
      against: [{ command: 2 }],
    });
  });

  test("probe: a runner that ties it to a command that does not bear it, ran before the edit, or never ran is not believed", () => {
    expect(view("Everything is perfect.", [2])).toMatchObject({ standing: "unverified", rests: [] });
    expect(view("All tests pass.", [1], stale)).toMatchObject({ standing: "unverified", rests: [] });
    expect(view("All tests pass.", [2], red).standing).toBe("contradicted");
    expect(view("All tests pass.", [77])).toMatchObject({ standing: "unverified" });
    expect(view("The base fails.", [90])).toMatchObject({ standing: "rests", rests: [{ command: 90 }] });
  });
});

describe("the harness", () => {
  test.each([
    ["All tests pass.", GREEN, "agrees"],
    ["The whole suite is green.", RED, "disagrees"],
    ["I fixed `adds two numbers`.", GREEN, "agrees"],
    ["I fixed `adds two numbers`.", RED, "disagrees"],
    ["I changed src/sum.js to add.", GREEN, "agrees"],
    ["I changed src/other.js as well.", GREEN, "disagrees"],
    ["I changed src/sum.js, which src/other.js uses.", GREEN, "cannot_say"],
    ["I did not change src/other.js.", GREEN, "cannot_say"],
    ["The tests should pass now.", RED, "cannot_say"],
    ["The code is cleaner.", GREEN, "cannot_say"],
    ["All tests pass.", null, "cannot_say"],
  ] as const)("on %j", (statement, what, word) => expect(harnessWord(statement, what).harness).toBe(word));

  test("says nothing on evidence that is not to be relied on", () => {
    const judgement = judge([], []);
    expect(harnessWord("All tests pass.", { judgement, files: [] }).harness).toBe("cannot_say");
  });

  test("probe: never agrees that tests pass where one fails, whatever stands around it", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.string({ maxLength: 80 }), (before, after) => {
        const { harness } = harnessWord(`${before} all tests pass ${after}`, RED);
        // Unless the sentence is about files of the patch instead.
        if (!/src\/sum\.js/.test(before + after)) expect(harness).not.toBe("agrees");
      }),
    );
  });

  test("probe: a statement of any length and shape takes no time", () => {
    const texts = [
      "a/".repeat(500),
      `changed ${"a.".repeat(500)}`,
      `fixed ${"x/".repeat(400)}y.js`,
      ".".repeat(1000),
    ];
    const took = computing(() => {
      for (const text of texts) harnessWord(text, GREEN);
    });
    expect(took).toBeLessThan(1000);
  });
});

test("probe: an agent that speaks in our words is not heard twice", () => {
  expect(isOurs(testStatement({ ran: [], lastEdit: 0 }, PLAN).text)).toBe(true);
  for (const exit of [0, 1, null])
    for (const lastEdit of [0, 9])
      expect(
        isOurs(
          testStatement({ ran: [{ command: 1, item: 3, text: "npm test", exit }], lastEdit }, PLAN).text,
        ),
      ).toBe(true);
  expect(isOurs("The agent ran all tests.")).toBe(false);
});
