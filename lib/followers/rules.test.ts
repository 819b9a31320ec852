import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { behindAlarm, errorLine, skippedAlarm } from "./rules.ts";

const since = new Date("2030-01-01");
const fault = (position: number) => ({ follower: "findings", position, error: "Error: no", since }) as const;

describe("what operators are told", () => {
  test("names the first entries that were skipped, and counts the others", () => {
    const faults = [1, 2, 3, 4, 5].map(fault);
    const alarm = skippedAlarm("findings", 1200, faults);
    expect(alarm?.title).toMatch(/^1,200 entries of the log could not be read/);
    expect(alarm?.detail.split("\n")).toHaveLength(6);
    expect(alarm?.detail).toContain("Entry 1: Error: no");
    expect(alarm?.detail).toContain("and 1,195 more");
    expect(skippedAlarm("findings", 0, [])).toBeNull();
  });

  test("says how many entries wait", () => {
    expect(behindAlarm("log_index", 1, since)).toMatchObject({
      kind: "index_behind",
      detail: "1 entry waits to be looked at.",
    });
  });
});

describe("probe: the line of an error", () => {
  test("fits the row it is kept in, whatever was thrown", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 3000 }), fc.boolean(), (text, isError) => {
        const line = errorLine(isError ? new Error(text) : text);
        expect(line.length).toBeLessThanOrEqual(500);
        expect(line.isWellFormed()).toBe(true);
        expect(line).not.toMatch(/[\0\n]/);
      }),
    );
  });
});
