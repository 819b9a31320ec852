import { describe, expect, test } from "vitest";
import {
  isRunEnded,
  isRunLive,
  RUN_STATUSES,
  STATUSES,
  type StatusNoun,
  type StatusOf,
  statusFace,
} from "./status.ts";

const TONES = ["wait", "work", "need", "review", "good", "bad"];
const ALL = Object.entries(STATUSES).flatMap(([noun, faces]) =>
  Object.keys(faces).map((status) => [noun as StatusNoun, status] as const),
);

describe("the table of statuses", () => {
  test.each(ALL)("%s %s has an icon, a word and one of the six tones", (noun, status) => {
    const { tone, icon, word } = statusFace(noun, status as StatusOf<StatusNoun>);
    expect(TONES).toContain(tone);
    expect(icon).toBeTruthy();
    expect(word).toMatch(/^[A-Z][a-z ]+$/);
  });

  test("the word of a run's state is the state's own word", () => {
    for (const status of RUN_STATUSES) {
      expect(statusFace("run", status).word.toLowerCase().replace(" ", "_")).toBe(status);
    }
  });

  test("only what is under way turns", () => {
    const turning = ALL.filter(([noun, status]) => statusFace(noun, status as StatusOf<StatusNoun>).turns);
    expect(turning.map(([noun, status]) => `${noun} ${status}`)).toEqual([
      "run working",
      "runner busy",
      "step working",
      "call open",
    ]);
  });

  test("probe: a state nobody declared is refused, also one every object has", () => {
    expect(() => statusFace("run", "hacked" as StatusOf<"run">)).toThrow('No run is ever "hacked".');
    expect(() => statusFace("run", "constructor" as StatusOf<"run">)).toThrow();
  });

  test("a run is live, or over, or neither, never both", () => {
    for (const status of RUN_STATUSES) expect(isRunEnded(status) && isRunLive(status)).toBe(false);
    expect(RUN_STATUSES.filter(isRunEnded)).toEqual(["merged", "rejected", "failed", "cancelled"]);
    expect(isRunLive("queued")).toBe(false);
  });
});
