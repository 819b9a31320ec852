import { describe, expect, test } from "vitest";
import { CONTROLS } from "./catalog.ts";
import { isRoundDue, PROVED_FOR, ROUND_EVERY, stateOf } from "./rules.ts";
import { ControlId, type ProofResult } from "./schema.ts";

const NOW = Date.UTC(2026, 10, 29, 12);
const ago = (milliseconds: number) => new Date(NOW - milliseconds);
const last = (result: ProofResult, age = 0) => ({ result, at: ago(age) });

const held = (newest: ReturnType<typeof last>, age: number) => ({
  ...{ last: newest, shown: "holds" as const, heldAt: ago(age) },
});

describe("a control", () => {
  test("is red as soon as it failed, and when its last proof is too old", () => {
    expect(stateOf({ last: last("holds"), shown: "holds", heldAt: ago(0) }, NOW)).toBe("holds");
    expect(stateOf({ last: last("failed"), shown: "failed", heldAt: ago(1000) }, NOW)).toBe("failed");
    expect(stateOf(held(last("holds", PROVED_FOR + 1), PROVED_FOR + 1), NOW)).toBe("old");
  });

  test("probe: is not kept green, nor grey for ever, by keeping its test from running", () => {
    expect(stateOf(held(last("not_run"), PROVED_FOR), NOW)).toBe("not_run");
    expect(stateOf(held(last("not_run"), PROVED_FOR + 1), NOW)).toBe("old");
  });

  test("probe: that failed stays red while its test cannot run, until it holds", () => {
    for (const heldAt of [null, ago(0), ago(PROVED_FOR + 1)])
      expect(stateOf({ last: last("not_run"), shown: "failed", heldAt }, NOW)).toBe("failed");
    expect(stateOf(held(last("holds"), 0), NOW)).toBe("holds");
  });

  test("is grey where it was never tried, or never could be", () => {
    expect(stateOf({ last: null, shown: null, heldAt: null }, NOW)).toBe("never");
    expect(stateOf({ last: last("not_run", 10 * PROVED_FOR), shown: null, heldAt: null }, NOW)).toBe(
      "not_run",
    );
  });

  test("is tried once a day", () => {
    expect(isRoundDue(null, NOW)).toBe(true);
    expect(isRoundDue(ago(ROUND_EVERY - 1), NOW)).toBe(false);
    expect(isRoundDue(ago(ROUND_EVERY), NOW)).toBe(true);
  });
});

describe("the catalog", () => {
  test("has every control once, each with rows of frameworks", () => {
    expect(CONTROLS.map(({ id }) => id)).toEqual(ControlId.options);
    for (const { rows } of CONTROLS) expect(rows.length).toBeGreaterThan(0);
  });

  test("never says that anything is met", () => {
    const words = JSON.stringify(CONTROLS).toLowerCase();
    for (const word of ["complian", "certif", "guarantee", "fulfil"]) expect(words).not.toContain(word);
  });
});
