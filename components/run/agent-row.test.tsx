import { renderToStaticMarkup as html } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { NewEvent, RunEvent } from "#lib/protocol/events.ts";
import { timelineOf } from "#lib/timeline/rules.ts";
import { formatMicros } from "../format.ts";
import { Timeline } from "./timeline.tsx";

const shown = (...bodies: NewEvent[]): string => {
  const events = bodies.map(
    (event, index) =>
      ({
        ...event,
        seq: index + 1,
        attempt: 1,
        at: "2030-01-01T08:00:00.000Z",
        observedBy: "runner",
      }) as RunEvent,
  );
  return html(<Timeline timeline={timelineOf(events)} live={false} />);
};

const turn: NewEvent = { kind: "turn_started", body: { turn: 1 } };
const item = (type: "message" | "reasoning" | "patch" | "tool", title: string, text: string): NewEvent[] => [
  { kind: "item_opened", body: { item: 1, type, title } },
  { kind: "item_delta", body: { item: 1, text } },
];
const closed = (status: "completed" | "declined" | "failed" | "aborted"): NewEvent => ({
  kind: "item_closed",
  body: { item: 1, status },
});

describe("an agent on its run's page", () => {
  test("is shown with what it was told, thought, said and changed", () => {
    const page = shown(
      turn,
      { kind: "session_bound", body: { driver: "openai", native: "loop-2" } },
      { kind: "prompt_sent", body: { turn: 1, origin: "goal", text: "Repair the ledger." } },
      ...item("reasoning", "Reasoning", "The sign is wrong."),
      closed("completed"),
    );
    for (const words of ["Turn 1", "Task", "Repair the ledger.", "The sign is wrong.", "loop-2"])
      expect(page).toContain(words);
    expect(shown(turn, ...item("patch", "change src/a.js", "+added line"))).toMatch(
      /change src\/a\.js[\s\S]*\+added line/,
    );
  });

  test.each([
    ["declined", "declined"],
    ["failed", "failed"],
    ["aborted", "cut off"],
  ] as const)("an item that was %s says so", (status, words) => {
    expect(shown(turn, ...item("tool", "read a.js", ""), closed(status))).toContain(words);
  });

  test("a command says which files it changed, whatever they are called", () => {
    const page = shown(
      turn,
      { kind: "command_started", body: { command: 1, argv: ["make"], tree: "work", purpose: "" } },
      { kind: "item_opened", body: { item: 1, type: "command", title: "make", command: 1 } },
      closed("completed"),
      {
        kind: "tree_recorded",
        body: { item: 1, tree: "a".repeat(40), paths: ["src/a.js", "x\u001b[2J\n<b>.js"], more: 9998 },
      },
    );
    for (const words of ["10,000 files changed", "src/a.js", "&lt;b&gt;.js", "and 9,998 more"])
      expect(page).toContain(words);
    expect(page).not.toContain("\u001b");
  });

  test("what is open is shown as under way", () => {
    expect(shown(turn, ...item("message", "Message", "I am"))).toContain('aria-label="under way"');
    expect(shown(turn, ...item("message", "Message", "I am"), closed("completed"))).not.toContain(
      "under way",
    );
  });

  test("a command it was not allowed is said to be declined, not to have failed", () => {
    const page = shown(
      turn,
      {
        kind: "command_started",
        body: { command: 2, argv: ["rm", "-rf", "x"], tree: "checkout", purpose: "" },
      },
      { kind: "item_opened", body: { item: 1, type: "command", title: "rm", command: 2 } },
      {
        kind: "command_finished",
        body: { command: 2, exit: null, ended: "cancelled", milliseconds: 0, dropped: 0 },
      },
      { kind: "item_closed", body: { item: 1, status: "declined", exit: null } },
    );
    expect(page).toContain("declined");
    expect(page).not.toContain("cancelled");
  });

  test("a failed turn says why", () => {
    const ended: NewEvent = {
      kind: "turn_ended",
      body: { turn: 1, status: "failed", error: "The budget is used up." },
    };
    expect(shown(turn, ended)).toContain("The budget is used up.");
  });
});

describe("a call of the model", () => {
  const call: NewEvent = { kind: "model_called", body: { call: "mcl_1", model: "gpt-5.5" } };
  const answered = (more: Partial<Extract<NewEvent, { kind: "model_answered" }>["body"]>): NewEvent => ({
    kind: "model_answered",
    body: {
      call: "mcl_1",
      outcome: "done",
      returned: "gpt-5.5",
      input: 12_000,
      cached: 0,
      cacheWrite: 0,
      output: 300,
      reasoning: 0,
      micros: 18_400,
      milliseconds: 2300,
      ...more,
    },
  });

  test("shows tokens, price and time, and another model than the one that was asked", () => {
    const page = shown(turn, call, answered({ returned: "gpt-5.5-2030" }));
    for (const words of ["gpt-5.5-2030", "12,000 in, 300 out", "$0.0184", "2.3 s"])
      expect(page).toContain(words);
  });

  test("whose tokens nobody knows does not show zeros", () => {
    const page = shown(turn, call, answered({ input: null, output: null, outcome: "unknown" }));
    expect(page).toContain("tokens not reported");
    expect(page).toContain("end not known");
  });
});

test("a refused way out is shown with what was asked for, by whoever saw it", () => {
  const body = {
    method: "GET",
    target: "http://evil.example/",
    status: 403,
    reason: "There is no network.",
    times: 12,
  };
  const page = shown(turn, { kind: "relay_refused", body });
  for (const words of ["http://evil.example/", "403", "There is no network.", "12 times"])
    expect(page).toContain(words);
});

test("probe: markup and unseen characters in anything an agent says stay text", () => {
  const evil = "<img src=x onerror=alert(1)>\u202e";
  const page = shown(
    turn,
    { kind: "session_bound", body: { driver: evil, native: evil } },
    { kind: "prompt_sent", body: { turn: 1, origin: "steer", text: evil } },
    ...item("message", evil, evil),
    { kind: "model_called", body: { call: "mcl_1", model: evil } },
    {
      kind: "relay_refused",
      body: { method: evil.slice(0, 20), target: evil, status: 400, reason: evil, times: 1 },
    },
    { kind: "turn_ended", body: { turn: 1, status: "failed", error: evil } },
  );
  expect(page).not.toContain("<img");
  expect(page).not.toContain("\u202e");
  expect(page.match(/&lt;img/g)?.length).toBeGreaterThanOrEqual(6);
});

test.each([
  [0, "$0.00"],
  [1, "<$0.0001"],
  [1234, "$0.0012"],
  [18_400, "$0.0184"],
  [1_000_000, "$1.00"],
  [12_345_678, "$12.35"],
  [1_234_567_890_000, "$1,234,567.89"],
])("%d micros are written as %s", (micros, text) => {
  expect(formatMicros(micros)).toBe(text);
});
