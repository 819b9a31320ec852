import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NewEvent, RunEvent } from "../protocol/events.ts";
import { countsOf, filtered, planOf, timelineOf } from "./rules.ts";
import type { Step, TimelineItem } from "./schema.ts";

const story = (...events: NewEvent[]): RunEvent[] =>
  events.map(
    (event, index) =>
      ({
        ...event,
        seq: index + 1,
        attempt: 1,
        at: new Date(Date.UTC(2030, 0, 1, 8, 0, index)).toISOString(),
        observedBy: "runner",
      }) as RunEvent,
  );

const TREE = "a".repeat(40);
const turn = (number = 1): NewEvent => ({ kind: "turn_started", body: { turn: number } });
const open = (item: number, type: "message" | "patch" = "message"): NewEvent => ({
  kind: "item_opened",
  body: { item, type, title: `Item ${item}` },
});
const delta = (item: number, text: string): NewEvent => ({ kind: "item_delta", body: { item, text } });
const close = (item: number): NewEvent => ({ kind: "item_closed", body: { item, status: "completed" } });

const stepsOf = (...events: NewEvent[]): Step[] =>
  timelineOf(story(...events)).entries.filter((entry) => entry.kind === "step");
const itemsOf = (...events: NewEvent[]): readonly TimelineItem[] =>
  stepsOf(...events).flatMap(({ items }) => items);

describe("a turn", () => {
  test("is a step of its own between the runner's, and ends as it ended", () => {
    const steps = stepsOf(
      { kind: "step_started", body: { step: 1, title: "Test the base" } },
      { kind: "step_finished", body: { step: 1, outcome: "done", detail: "" } },
      turn(1),
      { kind: "turn_ended", body: { turn: 1, status: "completed" } },
      turn(2),
      { kind: "turn_ended", body: { turn: 2, status: "failed", error: "out of budget" } },
      turn(3),
      { kind: "turn_ended", body: { turn: 3, status: "interrupted" } },
      { kind: "step_started", body: { step: 2, title: "Propose the patch" } },
    );
    expect(steps.map(({ title, turn: number, outcome, detail }) => [title, number, outcome, detail])).toEqual(
      [
        ["Test the base", null, "done", ""],
        ["Turn 1", 1, "done", ""],
        ["Turn 2", 2, "failed", "out of budget"],
        ["Turn 3", 3, "interrupted", ""],
        ["Propose the patch", null, "working", ""],
      ],
    );
  });

  test("is no step of the plan, and a runner's step of its number is not ended by it", () => {
    const events = [
      turn(1),
      { kind: "step_finished", body: { step: 0, outcome: "done", detail: "x" } } as const,
    ];
    const timeline = timelineOf(story(...events));
    expect(planOf(timeline)).toEqual([]);
    expect(timeline.entries[0]).toMatchObject({ outcome: "working", detail: "" });
  });
});

describe("what an agent was told and said", () => {
  test("is one text each, however many events it came in", () => {
    const prompt = (text: string, part: number): NewEvent => ({
      kind: "prompt_sent",
      body: { turn: 1, origin: "goal", text, part },
    });
    expect(
      itemsOf(
        turn(),
        prompt("Fix ", 1),
        prompt("it.", 2),
        open(1),
        open(2),
        delta(1, "I "),
        delta(2, "mean"),
        delta(1, "see."),
        close(1),
      ),
    ).toMatchObject([
      { kind: "prompt", text: "Fix it." },
      { kind: "item", item: 1, output: "I see.", status: "completed" },
      { kind: "item", item: 2, output: "mean", status: null },
    ]);
  });

  test("has the tree that the checkout was afterwards", () => {
    const events = [
      open(1, "patch"),
      close(1),
      { kind: "tree_recorded", body: { item: 1, tree: TREE } } as const,
    ];
    expect(itemsOf(turn(), ...events)).toMatchObject([{ type: "patch", treeAfter: TREE, changed: null }]);
  });

  test("is shown in the filter for it, with commands in theirs", () => {
    const timeline = timelineOf(story(turn(), open(1), close(1), ...command));
    const kinds = (filter: "agent" | "commands") =>
      filtered(timeline, filter).flatMap((entry) =>
        entry.kind === "step" ? entry.items.map(({ kind }) => kind) : [],
      );
    expect([kinds("agent"), kinds("commands")]).toEqual([["item"], ["command"]]);
    expect(countsOf(timeline).commands).toBe(1);
  });
});

const command: NewEvent[] = [
  { kind: "command_started", body: { command: 2, argv: ["make"], tree: "checkout", purpose: "" } },
  { kind: "item_opened", body: { item: 7, type: "command", title: "make", command: 2 } },
  { kind: "command_finished", body: { command: 2, exit: 1, ended: "itself", milliseconds: 5, dropped: 0 } },
  { kind: "item_closed", body: { item: 7, status: "completed", exit: 1 } },
  { kind: "tree_recorded", body: { item: 7, tree: TREE, paths: ["src/a\nb.js"], more: 2 } },
];

test("a command of the agent is one item, with its end and its tree", () => {
  expect(itemsOf(turn(), ...command)).toMatchObject([
    {
      ...{ kind: "command", command: 2, item: 7, status: "completed", finished: { exit: 1 } },
      ...{ treeAfter: TREE, changed: { paths: ["src/a\nb.js"], more: 2 } },
    },
  ]);
});

test("a call of the model is one item from its question to its answer", () => {
  const answered = {
    outcome: "done",
    returned: "m-1",
    input: 9,
    cached: 0,
    cacheWrite: null,
    output: 3,
    reasoning: null,
    micros: 120,
    milliseconds: 40,
  } as const;
  const events: NewEvent[] = [
    { kind: "model_called", body: { call: "mcl_1", model: "m" } },
    { kind: "model_called", body: { call: "mcl_2", model: "m" } },
    { kind: "model_answered", body: { call: "mcl_1", ...answered } },
  ];
  expect(itemsOf(turn(), ...events)).toMatchObject([
    { kind: "call", call: "mcl_1", answered },
    { kind: "call", call: "mcl_2", answered: null },
  ]);
});

test("raw lines are counted as events and shown nowhere", () => {
  const timeline = timelineOf(
    story(turn(), { kind: "agent_line", body: { stream: "stdout", text: "{}\n" } }),
  );
  expect(countsOf(timeline).events).toBe(2);
  expect(timeline.entries).toMatchObject([{ items: [] }]);
});

test("probe: events of an agent in any order are taken, and only change what they name", () => {
  const number = fc.integer({ min: 1, max: 3 });
  const event = fc.oneof(
    number.map((each) => turn(each)),
    number.map((each) => open(each)),
    number.map((each) => close(each)),
    number.map((each) => delta(each, "x")),
    number.map((each): NewEvent => ({ kind: "tree_recorded", body: { item: each, tree: TREE } })),
    number.map((each): NewEvent => ({ kind: "turn_ended", body: { turn: each, status: "completed" } })),
    number.map((each): NewEvent => ({ kind: "model_called", body: { call: `c${each}`, model: "m" } })),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const timeline = timelineOf(story(...events));
      expect(timeline.seq).toBe(events.length);
      const items = timeline.entries.flatMap((entry) => (entry.kind === "step" ? entry.items : []));
      const shown = events.filter(({ kind }) => kind === "item_opened" || kind === "model_called");
      expect(items).toHaveLength(shown.length);
    }),
  );
});
