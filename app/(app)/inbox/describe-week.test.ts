import { expect, test } from "vitest";
import type { GateView } from "#lib/gates/schema.ts";
import { describeWeek } from "./describe-week.ts";

const textOf = (owners: readonly string[]) => {
  const asked = { decides: "weekly_review", pilot: "pil_1", pack: "wpk_1", number: 3, packDigest: "a" };
  const document = { ...asked, decision: "stop", reason: "Enough.", askedBy: "per_1", owners, undecided: [] };
  const gate = { openedByName: "Ada", pilotId: "pil_1", document: JSON.stringify(document) };
  return describeWeek(gate as unknown as GateView, "").text;
};

test("who has to sign a week is said as the charter has it: its owners, or two leads where it names none", () => {
  expect(textOf(["per_1", "per_2"])).toContain("Both owners sign it.");
  expect(textOf([])).toContain("Two leads sign it, one of whom leads security.");
  expect(textOf([])).not.toContain("owners");
});
