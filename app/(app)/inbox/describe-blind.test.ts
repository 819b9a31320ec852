import { expect, test } from "vitest";
import type { GateView } from "#lib/gates/schema.ts";
import { describeBlind } from "./describe-blind.ts";

test("probe: a gate of a run that is judged blind is sent without what its agent asks, and cannot be decided", () => {
  const now = new Date(0);
  const gate: GateView = {
    ...{
      id: "gat_1",
      kind: "command",
      status: "open",
      pilotId: "pil_1",
      pilotName: "Nightly",
      runId: "run_1",
    },
    ...{ charterId: null, stopId: null, title: "Asked by the agent: Repair (A-7f)", digest: "d".repeat(64) },
    ...{ document: '{"text":"zephyrine --whoami"}', needed: 1, roles: ["reviewer"], approvals: [] },
    ...{ openedBy: "rnr_1", openedByName: "the agent", createdAt: now, expiresAt: now, decidedAt: null },
    ...{ reason: null, signing: "session", cannotApprove: null, cannotDeny: null, waitsFor: null },
  };
  const shown = describeBlind(gate);
  expect(JSON.stringify(shown)).not.toContain("zephyrine");
  expect(shown.gate.cannotApprove).toContain("You judge this run blind");
  expect(shown.gate.cannotDeny).toContain("You judge this run blind");
});
