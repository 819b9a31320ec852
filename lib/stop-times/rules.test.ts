import { describe, expect, test } from "vitest";
import { CONFIRM_WITHIN, REACH_WITHIN, type ReachFacts, settle } from "./rules.ts";

const PULLED = Date.UTC(2026, 10, 29, 12);
const after = (milliseconds: number) => new Date(PULLED + milliseconds);
const facts = (changed: Partial<ReachFacts> = {}): ReachFacts => ({
  ...{
    pulledAt: after(0),
    toldAt: null,
    confirmedAt: null,
    networkAt: null,
    modelAt: null,
    hasOpenCall: false,
  },
  ...changed,
});

describe("how long a stop took", () => {
  test("is the last of the sandbox's end, its last byte and the model's last byte", () => {
    const said = facts({
      toldAt: after(30),
      confirmedAt: after(80),
      networkAt: after(60),
      modelAt: after(410),
    });
    expect(settle(said, PULLED + 500)).toEqual({
      outcome: "stopped",
      moments: { told: 30, ended: 80, network: 60, model: 410 },
      stop: 410,
    });
  });

  test("counts no byte from before the pull", () => {
    const said = facts({ toldAt: after(5), confirmedAt: after(20), modelAt: after(-4000) });
    expect(settle(said, PULLED + 30)).toMatchObject({ moments: { model: 0, network: null }, stop: 20 });
  });

  test("is not known while a call of a model is open, and is never said without it", () => {
    const said = facts({ toldAt: after(5), confirmedAt: after(20), hasOpenCall: true });
    expect(settle(said, PULLED + 1000)).toBeNull();
    expect(settle(said, PULLED + CONFIRM_WITHIN)).toBeNull();
    expect(settle(said, PULLED + CONFIRM_WITHIN + 1)).toMatchObject({
      ...{ outcome: "unconfirmed", stop: null, moments: { told: 5, ended: 20 } },
    });
    expect(settle({ ...said, hasOpenCall: false }, PULLED + CONFIRM_WITHIN + 1)).toMatchObject({ stop: 20 });
  });

  test("is no time at all where the runner was not reached, or never said that it had ended", () => {
    expect(settle(facts(), PULLED + REACH_WITHIN)).toBeNull();
    expect(settle(facts(), PULLED + REACH_WITHIN + 1)).toMatchObject({ outcome: "not_reached", stop: null });
    const told = facts({ toldAt: after(9) });
    expect(settle(told, PULLED + CONFIRM_WITHIN)).toBeNull();
    expect(settle(told, PULLED + CONFIRM_WITHIN + 1)).toMatchObject({ outcome: "unconfirmed", stop: null });
  });
});
