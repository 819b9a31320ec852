import { describe, expect, test } from "vitest";
import { RUN_STATUSES } from "../../status.ts";
import { holdSentence, holdWords, isPausable } from "./hold-words.ts";

const paused = { status: "paused", held: false, goesOn: "after turn 3", attempt: 1 } as const;

describe("a run that stands still", () => {
  test("says that no runner holds it, and where it goes on", () => {
    expect(holdWords(paused)).toBe("parked, no runner holds it");
    expect(holdSentence(paused)).toContain("Resumed, it goes on from the snapshot after turn 3.");
    expect(holdSentence({ ...paused, status: "awaiting_decision" })).toContain("Decided, it goes on");
  });

  test("without a snapshot begins anew, and says so", () => {
    expect(holdSentence({ ...paused, goesOn: null })).toContain("from its base");
  });

  test("is not said to be parked while a runner has it", () => {
    for (const status of ["paused", "awaiting_decision"] as const) {
      expect(holdWords({ ...paused, status, held: true })).not.toContain("parked");
      expect(holdSentence({ ...paused, status, held: true })).not.toContain("Parked");
    }
  });

  test("and waits for a runner after a loss says from where it goes on; before its first it says nothing", () => {
    expect(holdSentence({ ...paused, status: "queued" })).toContain("goes on from the snapshot after turn 3");
    expect(holdSentence({ ...paused, status: "queued", goesOn: null, attempt: 0 })).toBeNull();
  });

  test("is the only one with such words", () => {
    const said = RUN_STATUSES.filter((status) => holdWords({ ...paused, status }) !== null);
    expect(said).toEqual(["awaiting_decision", "paused"]);
  });
});

test("only work that is under way can be paused", () => {
  expect(RUN_STATUSES.filter(isPausable)).toEqual(["preparing", "working", "awaiting_decision"]);
});
