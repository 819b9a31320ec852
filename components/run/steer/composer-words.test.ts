import { describe, expect, test } from "vitest";
import { RUN_STATUSES } from "../../status.ts";
import { effectSentence, isReached, MODES, stateWords } from "./composer-words.ts";

const facts = { mode: "now", status: "working", held: true, steering: "tool_boundary" } as const;

describe("before a message is sent", () => {
  test("what happens and when is said by what the agent's program can", () => {
    expect(effectSentence(facts)).toContain("next tool boundary");
    expect(effectSentence({ ...facts, steering: "preempt" })).toContain("at once");
    expect(effectSentence({ ...facts, steering: "after_turn" })).toContain("becomes the next one");
  });

  test("to queue and to interrupt mean the same for every program", () => {
    for (const steering of ["preempt", "tool_boundary", "after_turn"] as const) {
      expect(effectSentence({ ...facts, steering, mode: "queue" })).toContain("when this one is over");
      expect(effectSentence({ ...facts, steering, mode: "interrupt" })).toContain("cut off");
    }
  });

  test("a run that nobody works on says when it will be delivered, whatever the mode", () => {
    for (const { value: mode } of MODES) {
      expect(effectSentence({ ...facts, mode, status: "paused", held: false })).toContain("resumes it");
      expect(effectSentence({ ...facts, mode, status: "queued", held: false })).toContain("at work");
      expect(effectSentence({ ...facts, mode, status: "awaiting_decision", held: false })).toContain(
        "parked",
      );
    }
  });

  test("an interruption of an agent that asks takes the ask away, and says so", () => {
    const asking = { ...facts, status: "awaiting_decision" } as const;
    expect(effectSentence(asking)).toContain("after that");
    expect(effectSentence({ ...asking, mode: "interrupt" })).toContain("what the agent asks for");
  });

  test("work that was handed in is reached by no message", () => {
    expect(RUN_STATUSES.filter(isReached)).toEqual([
      ...["queued", "preparing", "working", "awaiting_decision", "paused"],
    ]);
  });
});

test.each([
  [{ status: "queued", mode: "interrupt", effect: null }, "cut off"],
  [{ status: "queued", mode: "queue", effect: null }, "turn to end"],
  [{ status: "delivered", mode: "now", effect: "preempt" }, "at once"],
  [{ status: "delivered", mode: "now", effect: "after_turn" }, "turn of its own"],
  [{ status: "undeliverable", mode: "now", effect: null }, "did not reach"],
] as const)("a message says where it is: %o", (message, words) => {
  expect(stateWords(message)).toContain(words);
});
