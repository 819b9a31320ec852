import { expect, test } from "vitest";
import { createProgress, formatDuration } from "./progress.ts";

function recorded(interactive: boolean) {
  let time = 0;
  const clock = { now: () => time, sleep: async () => undefined };
  const written: string[] = [];
  const progress = createProgress(clock, (text) => written.push(text), interactive);
  return { progress, text: () => written.join(""), pass: (milliseconds: number) => (time += milliseconds) };
}

test.each([
  [40, "0.0 s"],
  [1449, "1.4 s"],
  [59_940, "59.9 s"],
  [61_000, "1 min 1 s"],
])("%d ms read as %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test("a step is one line: what came of it and how long it took", async () => {
  const { progress, text, pass } = recorded(false);
  await progress.step("Counting", async () => {
    pass(1500);
    return "Counted to three";
  });
  await progress.step("Resting", async () => undefined);
  expect(text()).toBe("  ✓ Counted to three (1.5 s)\n  ✓ Resting (0.0 s)\n");
});

test("a step that fails is marked, and what it threw goes on", async () => {
  const { progress, text } = recorded(false);
  const step = progress.step("Counting", () => Promise.reject(new Error("no numbers")));
  await expect(step).rejects.toThrow("no numbers");
  expect(text()).toBe("  ✗ Counting\n");
});

test("a terminal shows the step while it runs", async () => {
  const { progress, text } = recorded(true);
  await progress.step("Counting", async () => undefined);
  expect(text()).toBe("  … Counting\r\u001b[K  ✓ Counting (0.0 s)\n");
});
