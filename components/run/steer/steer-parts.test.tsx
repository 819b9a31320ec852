import { renderToStaticMarkup as html } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { NewEvent, RunEvent } from "#lib/protocol/events.ts";
import { timelineOf } from "#lib/timeline/rules.ts";
import type { FormAction } from "../../form/state.ts";
import { Timeline } from "../timeline.tsx";
import { Composer } from "./composer.tsx";
import { NO_STEERING, type ShownMessage, type Steering, SteeringProvider } from "./steering-context.tsx";
import { untold } from "./untold.ts";
import { WaitingMessages } from "./waiting-messages.tsx";

const TREE = "a".repeat(40);
const send = async () => ({});
const events = (...told: (NewEvent & { attempt?: number })[]): RunEvent[] =>
  told.map(
    ({ attempt = 1, ...event }, index) =>
      ({
        ...{ ...event, seq: index + 1, attempt, observedBy: "runner" },
        at: "2030-01-01T08:00:11.000Z",
      }) as RunEvent,
  );
const shown = (told: RunEvent[], steering: Partial<Steering> = {}) =>
  html(
    <SteeringProvider steering={{ ...NO_STEERING, ...steering }}>
      <Timeline timeline={timelineOf(told)} live={false} />
    </SteeringProvider>,
  );
const message: ShownMessage = {
  ...{ id: "msg_1", mode: "now", text: "Keep it in the handler.", origin: "steer", status: "queued" },
  ...{ effect: null, reason: null, sentByName: "Mateus Lindqvist", sentAt: new Date("2030-01-01T08:00:00Z") },
  ...{ isMine: true, withdrawAt: null, settledAt: null },
};
const waits = (messages: readonly ShownMessage[], withdraw: FormAction | null = send) =>
  html(<WaitingMessages runId="run_1" messages={messages} withdraw={withdraw} />);
const turn: NewEvent = { kind: "turn_started", body: { turn: 1 } };
const prompt = (origin: "goal" | "steer" | "anchor" | "answer"): NewEvent => ({
  kind: "prompt_sent",
  body: { turn: 1, origin, text: `Words of ${origin}.` },
});
const delivered: NewEvent = {
  kind: "message_delivered",
  body: { message: "msg_1", effect: "tool_boundary" },
};

describe("what was said to the agent", () => {
  test("is told apart by where it came from", () => {
    const page = shown(events(turn, prompt("goal"), prompt("anchor"), prompt("answer")));
    for (const words of ["Task", "Reminded of the goal", "Told how it stands", "Words of anchor."])
      expect(page).toContain(words);
  });

  test("by a person names them, and says when it took effect", () => {
    const page = shown(events(turn, prompt("steer"), delivered), { messages: [message] });
    for (const words of ["Mateus Lindqvist", "steered", "delivered at a tool boundary", "after 11 s"])
      expect(page).toContain(words);
  });

  test("a message that no prompt was recorded for shows its own words", () => {
    expect(shown(events(turn, delivered), { messages: [message] })).toContain("Keep it in the handler.");
    expect(shown(events(turn, delivered))).toContain("A message");
  });

  test("a new goal is said to be one", () => {
    const page = shown(events(turn, prompt("steer"), delivered), {
      messages: [{ ...message, origin: "goal" }],
    });
    expect(page).toContain("set a new goal");
  });

  test("one that did not arrive says why", () => {
    const gone: NewEvent = {
      kind: "message_undeliverable",
      body: { message: "msg_1", reason: "It had ended." },
    };
    expect(shown(events(turn, gone))).toMatch(/did not reach the agent[\s\S]*It had ended\./);
  });
});

describe("messages on their way", () => {
  test("stand at the end in the order they were sent, until an event tells of them", () => {
    const later = { ...message, id: "msg_2", sentAt: new Date("2030-01-01T09:00:00Z") };
    const none = timelineOf([]);
    expect(untold([later, message], none).map(({ id }) => id)).toEqual(["msg_1", "msg_2"]);
    const told = timelineOf(events(turn, prompt("steer"), delivered));
    expect(untold([later, message], told).map(({ id }) => id)).toEqual(["msg_2"]);
    expect(untold([{ ...message, status: "delivered" }], none)).toEqual([]);
  });

  test("say what they wait for, and why where they never arrived", () => {
    expect(waits([message])).toContain("waits to be delivered");
    const lost = { ...message, status: "undeliverable", reason: "The run was cancelled." } as const;
    expect(waits([lost])).toMatch(/did not reach[\s\S]*The run was cancelled\./);
    expect(waits([])).toBe("");
  });
});

describe("a message that is taken back", () => {
  const withdrawAt = new Date("2030-01-01T08:01:00Z");

  test("can be by whoever wrote it and may write, as long as it waits", () => {
    expect(waits([message])).toContain("Take back");
    expect(waits([message], null)).not.toContain("Take back");
    expect(waits([{ ...message, isMine: false }])).not.toContain("Take back");
    expect(waits([{ ...message, withdrawAt }])).toMatch(/is being taken back/);
    expect(waits([{ ...message, withdrawAt }])).not.toContain("<button");
    expect(waits([{ ...message, status: "withdrawn", withdrawAt }])).toContain("taken back before");
  });

  test("is no loss in the timeline, and one that came too late says so", () => {
    const gone: NewEvent = { kind: "message_undeliverable", body: { message: "msg_1", reason: "Taken." } };
    const back = shown(events(turn, gone), { messages: [{ ...message, status: "withdrawn", withdrawAt }] });
    expect(back).toContain("taken back before the agent had it");
    expect(back).not.toContain("is-need");
    const late = [{ ...message, status: "delivered", withdrawAt } as const];
    expect(shown(events(turn, prompt("steer"), delivered), { messages: late })).toContain(
      "before it could be taken back",
    );
  });
});

describe("an ask in the timeline", () => {
  const opened: NewEvent = {
    kind: "ask_opened",
    body: {
      ...{
        ask: 1,
        what: "command",
        title: "rm -rf x",
        text: '["rm","-rf","x"]',
        cwd: "/work",
        reason: "Old.",
      },
      digest: "b".repeat(64),
    },
  };
  const settled = (decision: "allowed" | "declined" | "expired", by: "person" | "unattended" | "crash") =>
    ({ kind: "ask_settled", body: { ask: 1, decision, by } }) as const;

  test("shows what was asked, word for word, and that it is open", () => {
    expect(shown(events(turn, opened))).toMatch(/Asked to run a command[\s\S]*rm -rf x[\s\S]*Open/);
  });

  test.each([
    [settled("allowed", "person"), "Allowed by a person"],
    [settled("declined", "unattended"), "because nobody answered in time"],
    [settled("expired", "crash"), "because its runner was lost"],
  ])("says how it ended", (event, words) => {
    const page = shown(events(turn, opened, event));
    expect(page).toContain(words);
    expect(page).not.toContain(">Open<");
  });

  test("that the charter settled alone is one line with the rule", () => {
    const page = shown(
      events(turn, {
        kind: "ask_settled",
        body: { ask: 2, decision: "declined", by: "policy", rule: "rm *" },
      }),
    );
    expect(page).toMatch(/Declined by the charter[\s\S]*rm \*/);
  });
});

test("a session that is taken up again says so", () => {
  const bound: NewEvent = { kind: "session_bound", body: { driver: "openai", native: "s-1" } };
  const told = events(turn, bound, { ...turn, attempt: 2 }, { ...bound, attempt: 2 });
  expect(shown(told).includes("taken up again")).toBe(false);
  expect(shown(told, { takenUp: [4] }).match(/taken up again/g)).toHaveLength(1);
});

describe("a snapshot", () => {
  const taken = (turnNumber: number): NewEvent => ({
    kind: "snapshot_taken",
    body: {
      blob: `blb_${turnNumber}`,
      native: "s",
      driver: "openai",
      turn: turnNumber,
      tree: TREE,
      why: "turn",
    },
  });

  test("is a quiet line; only the newest is what a lost run goes on from", () => {
    const page = shown(events(turn, taken(1), taken(2)), {
      snapshotBytes: { blb_2: 12_288 },
      newestSnapshot: 3,
    });
    expect(page).toContain("Snapshot after turn 2, 12 KiB; a lost run goes on from here");
    expect(page.match(/a lost run goes on/g)).toHaveLength(1);
  });

  test("is named where the attempt after a loss begins", () => {
    const started = (attempt: number): NewEvent & { attempt: number } => ({
      ...{ kind: "attempt_started", attempt },
      body: { phase: "agent", runner: "rn-03", tier: "strong" },
    });
    const page = shown(events(started(1), turn, taken(3), started(2)));
    expect(page).toContain("goes on from the snapshot after turn 3");
    expect(page.match(/goes on from the snapshot/g)).toHaveLength(1);
  });
});

describe("the composer", () => {
  const composer = (more: Partial<Parameters<typeof Composer>[0]> = {}) =>
    html(
      <Composer
        {...{ runId: "run_1", status: "working", held: true, steering: "tool_boundary", notice: null, send }}
        {...more}
      />,
    );

  test("says how a message reaches the agent before it is sent, and whom it disqualifies", () => {
    const page = composer({
      notice: { text: "After this message you cannot approve its merge.", serious: false },
    });
    for (const words of [
      "Steer now",
      "Queue",
      "Interrupt",
      "next tool boundary",
      "you cannot approve its merge",
    ])
      expect(page).toContain(words);
  });

  test("sends nothing while nothing is written", () => {
    expect(composer()).toContain("Write something first");
    expect(composer()).not.toContain('type="submit"');
  });
});

test("probe: markup and unseen characters of people and agents stay text", () => {
  const evil = "<img src=x onerror=alert(1)>\u202e";
  const known = { ...message, text: evil, sentByName: evil, reason: evil };
  const page =
    shown(events(turn, delivered), { messages: [known] }) + waits([{ ...known, status: "undeliverable" }]);
  expect(page).not.toMatch(/<img|\u202e/);
});
