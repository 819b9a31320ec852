import { describe, expect, test } from "vitest";
import { NewEvent } from "#lib/protocol/events.ts";
import { createSteps } from "./steps.ts";

function record() {
  const events: NewEvent[] = [];
  const step = createSteps(async (event) => void events.push(NewEvent.parse(event)));
  return { events, step };
}

describe("steps", () => {
  test("are numbered and say how they ended", async () => {
    const { events, step } = record();
    const result = await step(
      "Count",
      async () => 3,
      (number) => ({ detail: `${number} counted` }),
    );
    await step(
      "Give up",
      async () => null,
      () => ({ outcome: "failed", detail: "no use" }),
    );
    expect(result).toBe(3);
    expect(events.map(({ body }) => body)).toEqual([
      { step: 1, title: "Count" },
      { step: 1, outcome: "done", detail: "3 counted" },
      { step: 2, title: "Give up" },
      { step: 2, outcome: "failed", detail: "no use" },
    ]);
  });

  test("an exception ends the step and goes on", async () => {
    const { events, step } = record();
    const work = () => Promise.reject(new Error("the disk is full"));
    await expect(step("Write", work, () => ({ detail: "" }))).rejects.toThrow("the disk is full");
    expect(events.at(-1)?.body).toEqual({ step: 1, outcome: "failed", detail: "the disk is full" });
  });

  test("probe: long titles and details still fit the event", async () => {
    const { events, step } = record();
    await step(
      "😀".repeat(5000),
      async () => null,
      () => ({ detail: "x".repeat(50_000) }),
    );
    expect(events).toHaveLength(2);
  });
});
