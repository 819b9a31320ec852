import { expect, test } from "vitest";
import type { GateView } from "#lib/gates/schema.ts";
import { byDeadline } from "./deadline-rules.ts";

const NOW = Date.parse("2026-11-19T22:00:00Z");
const gate = (id: string, expires: string, more: Partial<GateView> = {}): GateView =>
  ({ id, status: "open", expiresAt: new Date(expires), decidedAt: null, ...more }) as GateView;

const shape = (gates: GateView[]) =>
  byDeadline(gates, NOW).map(({ title, gates: members }) => [title, ...members.map(({ id }) => id)]);

test("open decisions come by day, the soonest first", () => {
  expect(
    shape([
      gate("later", "2026-11-25T08:00:00Z"),
      gate("tonight", "2026-11-19T23:00:00Z"),
      gate("tomorrow", "2026-11-20T00:30:00Z"),
      gate("sooner", "2026-11-19T22:30:00Z"),
    ]),
  ).toEqual([
    ["Today", "sooner", "tonight"],
    ["Tomorrow", "tomorrow"],
    ["25 Nov", "later"],
  ]);
});

test("one that should be over already stands under today", () => {
  expect(shape([gate("late", "2026-11-18T08:00:00Z")])).toEqual([["Today", "late"]]);
});

test("decided ones are one group, the newest first", () => {
  const at = (day: string) => ({ status: "approved", decidedAt: new Date(day) }) as Partial<GateView>;
  expect(
    shape([
      gate("old", "2026-11-25T08:00:00Z", at("2026-11-01T00:00:00Z")),
      gate("new", "2026-11-20T08:00:00Z", at("2026-11-18T00:00:00Z")),
    ]),
  ).toEqual([["Decided", "new", "old"]]);
});

test("an empty inbox has no groups", () => {
  expect(shape([])).toEqual([]);
});
