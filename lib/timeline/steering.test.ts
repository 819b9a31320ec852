import { describe, expect, test } from "vitest";
import type { NewEvent, RunEvent } from "../protocol/events.ts";
import { filtered, timelineOf } from "./rules.ts";
import type { Mark, Timeline, TimelineItem } from "./schema.ts";
import { changesSteering, newestSnapshot, openAsks, snapshotBefore, takenUp } from "./steering.ts";

const TREE = "a".repeat(40);
const DIGEST = "b".repeat(64);

const events = (...told: (NewEvent & { attempt?: number })[]): RunEvent[] =>
  told.map(
    ({ attempt = 1, ...event }, index) =>
      ({
        ...event,
        ...{ seq: index + 1, attempt, observedBy: "runner" },
        at: `2030-01-01T08:00:${String(index).padStart(2, "0")}.000Z`,
      }) as RunEvent,
  );

const itemsOf = ({ entries }: Timeline): TimelineItem[] =>
  entries.flatMap((entry) => (entry.kind === "step" ? entry.items : []));

const turn = (number: number): NewEvent => ({ kind: "turn_started", body: { turn: number } });
const prompt = (origin: "goal" | "steer" | "anchor", text: string): NewEvent => ({
  kind: "prompt_sent",
  body: { turn: 1, origin, text },
});
const delivered = (message: string): NewEvent => ({
  kind: "message_delivered",
  body: { message, effect: "tool_boundary" },
});
const asked: NewEvent = {
  kind: "ask_opened",
  body: {
    ...{ ask: 1, what: "command", title: "rm x", text: '["rm","x"]', cwd: "/work", reason: "it is old" },
    digest: DIGEST,
  },
};
const settled = (decision: "allowed" | "declined" | "expired"): NewEvent => ({
  kind: "ask_settled",
  body: { ask: 1, decision, by: "person" },
});
const snapshot = (number: number): NewEvent => ({
  kind: "snapshot_taken",
  body: { blob: `blb_${number}`, native: "s-1", driver: "openai", turn: number, tree: TREE, why: "turn" },
});
const started = (attempt: number): NewEvent & { attempt: number } => ({
  ...{ kind: "attempt_started", attempt },
  body: { phase: "agent", runner: "rn-1", tier: "strong" },
});

describe("a message in a timeline", () => {
  test("is the words that were sent for it", () => {
    const timeline = timelineOf(
      events(turn(1), prompt("goal", "Repair it."), prompt("steer", "Not there."), delivered("msg_1")),
    );
    const items = itemsOf(timeline);
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ text: "Repair it.", messages: [] });
    expect(items[1]).toMatchObject({
      ...{ text: "Not there.", messages: [{ message: "msg_1", effect: "tool_boundary" }] },
    });
  });

  test("two of them that were one prompt stand there together", () => {
    const timeline = timelineOf(
      events(turn(2), prompt("steer", "Both."), delivered("msg_1"), delivered("msg_2")),
    );
    expect(itemsOf(timeline)).toMatchObject([{ messages: [{ message: "msg_1" }, { message: "msg_2" }] }]);
  });

  test("that set a new goal is not mistaken for the task", () => {
    const timeline = timelineOf(
      events(turn(1), prompt("goal", "Old."), turn(2), prompt("goal", "New."), delivered("msg_1")),
    );
    expect(itemsOf(timeline)).toMatchObject([
      { text: "Old.", messages: [] },
      { text: "New.", messages: [{ message: "msg_1" }] },
    ]);
  });

  test("without words of its own stands for itself, after a reminder too", () => {
    const timeline = timelineOf(
      events(
        turn(1),
        prompt("goal", "Task."),
        delivered("msg_1"),
        prompt("anchor", "Goal!"),
        delivered("msg_2"),
      ),
    );
    expect(itemsOf(timeline).filter(({ kind }) => kind === "message")).toMatchObject([
      { message: "msg_1", effect: "tool_boundary", reason: null },
      { message: "msg_2" },
    ]);
  });

  test("that did not arrive says why", () => {
    const gone: NewEvent = {
      kind: "message_undeliverable",
      body: { message: "msg_1", reason: "It is over." },
    };
    expect(itemsOf(timelineOf(events(turn(1), gone)))).toMatchObject([
      { kind: "message", effect: null, reason: "It is over." },
    ]);
  });
});

describe("an ask in a timeline", () => {
  test("is open until it is settled", () => {
    const open = timelineOf(events(turn(1), asked));
    expect(openAsks(open)).toMatchObject([{ ask: 1, attempt: 1, settled: null }]);
    const done = timelineOf(events(turn(1), asked, settled("declined")));
    expect(openAsks(done)).toEqual([]);
    expect(itemsOf(done)).toMatchObject([{ kind: "ask", settled: { decision: "declined", by: "person" } }]);
  });

  test("that the charter settled alone is told without a question", () => {
    const rule: NewEvent = {
      kind: "ask_settled",
      body: { ask: 1, decision: "declined", by: "policy", rule: "denied: rm" },
    };
    expect(itemsOf(timelineOf(events(turn(1), rule)))).toMatchObject([
      { kind: "ask", question: null, settled: { by: "policy", rule: "denied: rm" } },
    ]);
  });

  test("with the number of another attempt's is another ask", () => {
    const timeline = timelineOf(
      events(
        turn(1),
        asked,
        { ...turn(1), attempt: 2 },
        { ...asked, attempt: 2 },
        { ...settled("allowed"), attempt: 2 },
      ),
    );
    expect(itemsOf(timeline)).toMatchObject([
      { attempt: 1, settled: null },
      { attempt: 2, settled: { decision: "allowed" } },
    ]);
  });
});

describe("a snapshot in a timeline", () => {
  const lost = timelineOf(events(started(1), turn(1), snapshot(1), snapshot(2), started(2)));
  const marks = (timeline: Timeline) =>
    timeline.entries.filter((entry): entry is Mark => entry.kind === "mark");

  test("is what the next attempt goes on from, the newest of them", () => {
    expect(newestSnapshot(lost)).toMatchObject({ turn: 2 });
    expect(marks(lost).map((mark) => snapshotBefore(lost, mark)?.turn ?? null)).toEqual([null, 2]);
  });

  test("is of no use to the attempt after work was handed in, or to a verification", () => {
    const imported: NewEvent = {
      kind: "patch_imported",
      body: { digest: DIGEST, files: 1, added: 1, removed: 0, flags: [] },
    };
    const verify: NewEvent = {
      kind: "attempt_started",
      body: { phase: "verify", runner: "rn-2", tier: "strong" },
    };
    const timeline = timelineOf(
      events(started(1), turn(1), snapshot(1), { ...verify, attempt: 2 }, imported, started(3)),
    );
    expect(marks(timeline).map((mark) => snapshotBefore(timeline, mark))).toEqual([null, null, null, null]);
  });

  test("a session that another attempt began is known by its name", () => {
    const bound: NewEvent = { kind: "session_bound", body: { driver: "openai", native: "s-1" } };
    const timeline = timelineOf(events(bound, { ...bound, attempt: 2 }));
    expect(takenUp(timeline)).toEqual([2]);
  });
});

test("what people did can be looked at alone", () => {
  const timeline = timelineOf(
    events(turn(1), prompt("steer", "Stop."), asked, { kind: "note", body: { text: "Hm." } }),
  );
  expect(filtered(timeline, "people")).toMatchObject([{ items: [{ kind: "prompt" }, { kind: "ask" }] }]);
});

test("only what people or the plane settled makes a page read its tables again", () => {
  const kinds: RunEvent["kind"][] = ["item_delta", "ask_opened", "message_delivered", "status_changed"];
  expect(kinds.map((kind) => changesSteering({ kind }))).toEqual([false, true, true, true]);
});
