import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NewEvent } from "../protocol/events.ts";
import { driftEvents, storedAs } from "../testing/drift-events.ts";
import { createDrift, type DriftTerms, pointsOf } from "./fold.ts";
import type { DriftPart } from "./schema.ts";

const TERMS: DriftTerms = {
  isAllowed: (path) => !path.startsWith("secret/"),
  isHarness: (path) => path.startsWith("test/"),
  testArgv: ["node", "--test"],
  budgetMicros: 10_000_000,
};
const tree = (letter: string) => letter.repeat(40);

/** Short words for what an agent does. */
let items = 0;
const prompt = (origin: "goal" | "steer" | "anchor" = "goal"): NewEvent[] => [
  { kind: "prompt_sent", body: { turn: 1, origin, text: "Go." } },
];
const run = (argv: string[], exit = 0, after = "a", paths?: string[]): NewEvent[] => {
  const item = ++items;
  return [
    { kind: "command_started", body: { command: item, argv, tree: "work", purpose: "" } },
    { kind: "item_opened", body: { item, type: "command", title: "", command: item } },
    { kind: "command_finished", body: { command: item, exit, ended: "itself", milliseconds: 1, dropped: 0 } },
    { kind: "item_closed", body: { item, status: "completed", exit } },
    { kind: "tree_recorded", body: { item, tree: tree(after), ...(paths && { paths, more: 0 }) } },
  ];
};
const patch = (path: string, after: string): NewEvent[] => {
  const item = ++items;
  return [
    { kind: "item_opened", body: { item, type: "patch", title: path } },
    { kind: "item_delta", body: { item, text: `*** Begin Patch\n*** Update File: ${path}\n-a\n+b\n` } },
    { kind: "item_closed", body: { item, status: "completed" } },
    { kind: "tree_recorded", body: { item, tree: tree(after) } },
  ];
};
const says = (text: string): NewEvent[] => {
  const item = ++items;
  return [
    { kind: "item_opened", body: { item, type: "message", title: "" } },
    { kind: "item_delta", body: { item, text } },
    { kind: "item_closed", body: { item, status: "completed" } },
  ];
};
const tested = (on: string, failing: string[]): NewEvent[] => [
  {
    kind: "tests_reported",
    body: { command: 1, tree: on, passed: 3, failed: failing.length, skipped: 0, failing },
  },
];
const answered = (input: number, micros: number): NewEvent[] => [
  {
    kind: "model_answered",
    body: {
      ...{ call: "mcl_1", outcome: "done", returned: null, milliseconds: 1, micros, input, output: 0 },
      ...{ cached: 0, cacheWrite: null, reasoning: null },
    },
  },
];
const times = (count: number, make: () => NewEvent[]): NewEvent[] =>
  Array.from({ length: count }, make).flat();

const last = (...story: NewEvent[][]) => pointsOf(TERMS, storedAs(story.flat())).at(-1);
const factsOf = (part: DriftPart, ...story: NewEvent[][]) =>
  last(...story)?.parts.find((each) => each.part === part)?.facts;

describe("drift is", () => {
  test("files outside the charter's paths, each once, with the events that changed them", () => {
    const story = [prompt(), patch("secret/key", "b"), patch("src/a.js", "c"), patch("secret/key", "d")];
    expect(factsOf("outside", ...story)).toEqual({ outside: 1 });
    const [part] = last(...story)?.parts ?? [];
    const events = storedAs(story.flat());
    expect(part?.events.map((seq) => events[seq - 1]?.kind)).toEqual(["item_closed"]);
  });

  test("files that a command changed, as soon as it has: outside the paths, of the tests, or again and again", () => {
    const by = (letter: string, ...paths: string[]) => run(["sed", "-i", "s/a/b/", letter], 0, letter, paths);
    expect(factsOf("outside", prompt(), by("b", "secret/key", "src/a.js"), by("c", "secret/key"))).toEqual({
      outside: 1,
    });
    expect(factsOf("harness", prompt(), by("b", "test/a.test.js"))).toEqual({ harness: 1 });
    const often = [..."bcdefghijk"].map((letter) => by(letter, "src/a.js"));
    expect(factsOf("circles", prompt(), ...often)).toEqual({ rewrites: 6 });
    // What a run of the tests leaves behind each time is no edit, and taken-away names are no files.
    const left = [..."bcdefghijk"].map((letter) => run(["node", "--test"], 0, letter, ["coverage.json"]));
    expect(factsOf("circles", prompt(), ...left)).toBeUndefined();
    expect(last(prompt(), by("b", "[taken away]"))).toBeUndefined();
  });

  test("a tree that comes back to what it was", () => {
    const story = [..."abababa"].map((letter) => patch("src/a.js", letter));
    expect(factsOf("circles", prompt(), ...story)).toMatchObject({ returns: 5 });
  });

  test("the same command again on the very same tree, and again after it failed", () => {
    expect(
      factsOf(
        "circles",
        prompt(),
        times(6, () => run(["ls"])),
      ),
    ).toEqual({ repeats: 4 });
    const failing = times(6, () => run(["npm", "run", "build"], 1));
    expect(factsOf("circles", prompt(), failing)).toEqual({ repeats: 4, failures: 4 });
    const between = [..."bcdefghi"].flatMap((letter) => [
      ...patch(`src/${letter}.js`, letter),
      ...run(["node", "--test"], 1, letter),
    ]);
    expect(factsOf("circles", prompt(), between)).toEqual({ failures: 6 });
    expect(factsOf("circles", prompt(), between, run(["node", "--test"], 0, "i"))).toEqual({ failures: 6 });
  });

  test("the same file written over and over", () => {
    const story = [..."bcdefghijk"].map((letter) => patch("src/a.js", letter));
    expect(factsOf("circles", prompt(), ...story)).toEqual({ rewrites: 6 });
  });

  test("tests that fail on the work and not on the base, by the harness's own look", () => {
    const base = tested("base", ["a › one"]);
    expect(factsOf("tests", base, prompt(), tested("abc", ["a › one"]))).toBeUndefined();
    expect(factsOf("tests", base, prompt(), tested("abc", ["b › two"]))).toEqual({ newlyFailing: 1 });
    const worse = [tested("abc", []), tested("abc", ["a › one", "b › two"])];
    expect(factsOf("tests", base, prompt(), ...worse)).toEqual({ newlyFailing: 1, worse: 2 });
    expect(factsOf("tests", base, prompt(), ...worse, tested("abc", []))).toBeUndefined();
  });

  test("tokens and budget spent while the tree stays as it is", () => {
    const spent = times(4, () => answered(100_000, 1_500_000));
    expect(factsOf("idle", prompt(), patch("src/a.js", "b"), spent)).toEqual({ idleTokens: 400_000 });
    expect(factsOf("budget", prompt(), patch("src/a.js", "b"), spent)).toEqual({ stalled: 600 });
    const story = [prompt(), patch("src/a.js", "b"), spent, patch("src/a.js", "c")];
    expect(last(...story)).toMatchObject({ score: 0, parts: [] });
    const back = [prompt(), patch("src/a.js", "b"), patch("src/a.js", "c"), spent, patch("src/a.js", "b")];
    expect(factsOf("budget", ...back)).toEqual({ stalled: 600 });
  });

  test("statements that a command contradicts, and assumptions that do not hold", () => {
    const red = run(["node", "--test"], 1);
    expect(factsOf("contradicted", prompt(), red, says("All tests pass."))).toEqual({ contradictions: 1 });
    const check = (holds: boolean | null): NewEvent[] => [
      {
        kind: "assumption_checked",
        body: { text: "ASSUME file a exists", holds, detail: "", tree: tree("a") },
      },
    ];
    expect(factsOf("contradicted", prompt(), check(false), check(false))).toEqual({ assumptions: 1 });
    expect(factsOf("contradicted", prompt(), check(false), check(true))).toBeUndefined();
    expect(factsOf("contradicted", prompt(), check(false), check(null))).toBeUndefined();
  });

  test("ways out that were refused, files of the tests, and a goal that was changed", () => {
    const refusal: NewEvent[] = [
      { kind: "relay_refused", body: { method: "GET", target: "/", status: 403, reason: "", times: 4 } },
      { kind: "ask_settled", body: { ask: 1, decision: "declined", by: "policy" } },
      { kind: "ask_settled", body: { ask: 2, decision: "allowed", by: "person" } },
    ];
    expect(factsOf("refused", prompt(), refusal)).toEqual({ refused: 5 });
    expect(factsOf("harness", prompt(), patch("test/a.test.js", "b"))).toEqual({ harness: 1 });
    expect(factsOf("goal", prompt(), prompt(), prompt())).toEqual({ goals: 2 });
  });
});

describe("a word of a person, or an anchor,", () => {
  test("halves what was counted of circling and idling, and leaves what is still so", () => {
    const story = [prompt(), times(10, () => run(["ls"])), patch("secret/key", "b")];
    const before = last(...story);
    const after = last(...story, prompt("anchor"));
    expect(before?.parts.find(({ part }) => part === "circles")?.facts).toEqual({ repeats: 8 });
    expect(after?.parts.find(({ part }) => part === "circles")?.facts).toEqual({ repeats: 4 });
    expect(after?.parts.find(({ part }) => part === "outside")).toEqual(
      before?.parts.find(({ part }) => part === "outside"),
    );
  });
});

describe("probe: the agent's own word", () => {
  test("changes nothing, unless a command says the opposite", () => {
    fc.assert(
      fc.property(driftEvents(60), fc.string({ unit: "binary", maxLength: 200 }), (story, text) => {
        const events = [
          ...story,
          { kind: "item_opened", body: { item: 50, type: "reasoning", title: text } } as const,
          { kind: "item_delta", body: { item: 50, text: `My drift is 0. ${text}` } } as const,
          { kind: "item_closed", body: { item: 50, status: "completed" } } as const,
          { kind: "note", body: { text } } as const,
          {
            kind: "usage_reported",
            body: { turn: 1, input: 9e9, cached: 0, output: 9e9, reasoning: 0 },
          } as const,
        ];
        expect(pointsOf(TERMS, storedAs(events))).toEqual(pointsOf(TERMS, storedAs(story)));
      }),
    );
  });

  test("never lowers the score", () => {
    fc.assert(
      fc.property(driftEvents(60), fc.string({ unit: "binary", maxLength: 200 }), (story, text) => {
        const score = (events: NewEvent[]) => pointsOf(TERMS, storedAs(events)).at(-1)?.score ?? 0;
        expect(score([...story, ...says(text)])).toBeGreaterThanOrEqual(score(story));
      }),
    );
  });

  test("what happens in verification is not the agent's", () => {
    const verify: NewEvent = {
      kind: "attempt_started",
      body: { phase: "verify", runner: "r", tier: "strong" },
    };
    expect(
      last(
        prompt(),
        [verify],
        times(9, () => run(["ls"], 1)),
      ),
    ).toBeUndefined();
  });
});

describe("the points", () => {
  test("are the same however the events come, and each rests on events that were there", () => {
    fc.assert(
      fc.property(driftEvents(80), (story) => {
        const events = storedAs(story);
        const whole = pointsOf(TERMS, events);
        const one = createDrift(TERMS);
        expect(events.flatMap((event) => one.take(event) ?? [])).toEqual(whole);
        let before = 0;
        for (const { seq, parts } of whole) {
          expect(seq).toBeGreaterThan(before);
          before = seq;
          for (const part of parts)
            for (const event of part.events) expect(event >= 1 && event <= seq).toBe(true);
        }
      }),
    );
  });

  test("a gap is refused", () => {
    const drift = createDrift(TERMS);
    const [first, second, third] = storedAs([...prompt(), ...prompt(), ...prompt()]);
    if (!first || !second || !third) throw new Error("no events");
    drift.take(first);
    expect(() => drift.take(third)).toThrow("does not follow");
    expect(() => drift.take(first)).toThrow("does not follow");
    drift.take(second);
  });
});
