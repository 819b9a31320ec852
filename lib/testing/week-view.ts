// A week as a page or a file is made from it; `text` stands wherever people, agents or services are named.
import type { PackDocument, PackedReading, WeekView } from "../weekly-reviews/schema.ts";

const AT = "2030-01-08T06:00:00.000Z";

const reading = (value: number): PackedReading => ({
  ...{ state: "value", value, low: value - 1, high: value + 1, sample: 12, provisional: 0 },
});

const document: PackDocument = {
  ...{ v: 1, id: "wkp_1", pilot: "pil_1", number: 2, firstDay: "2030-01-01", lastDay: "2030-01-07" },
  ...{ from: "2030-01-01T00:00:00.000Z", to: "2030-01-08T00:00:00.000Z", packedAt: AT, timeZone: "UTC" },
  ...{ status: "active", charter: { digest: "a".repeat(64), version: 3 }, owners: ["per_1", "per_2"] },
  numbers: [
    {
      ...{ kpi: "throughput", target: 5, verdict: "met", needed: null },
      ...{ whole: reading(9), week: reading(11), before: reading(8), baseline: reading(4) },
    },
    {
      ...{ kpi: "revert_rate", target: 5, verdict: "cannot_tell", needed: 40 },
      whole: { ...reading(4), low: 1, high: 12 },
      week: { ...reading(0), state: "too_few", value: null, sample: 2 },
      ...{ before: null, baseline: null },
    },
  ],
  incidents: {
    count: 1,
    rows: [{ id: "inc_1", severity: "high", detectedAt: AT, restoredAt: null }],
  },
  trips: {
    count: 1,
    rows: [
      {
        ...{ id: "trp_1", wire: "revert_rate > 20 % over 14 days; warn", at: AT },
        ...{ value: 25, rows: 8, liftedAt: null },
      },
    ],
  },
  sample: {
    ...{ of: 12, seed: "b".repeat(64) },
    items: [
      {
        ...{ approval: "apr_1", gate: "gat_1", kind: "merge", run: "run_1", person: "per_3", at: AT },
        ...{ weight: 8, why: ["hasty", "unopened"], milliseconds: 4200 },
        ...{ files: 7, opened: 1, flags: 1, lines: 210 },
      },
    ],
  },
  spend: {
    ...{ weekMicros: 12_500_000, beforeMicros: 9_000_000, wholeMicros: 40_000_000 },
    ...{ budgetMicros: 200_000_000, atEnd: 61.5 },
  },
  agents: [
    { id: "agt_1", runs: 14, weekMicros: 12_500_000, numbers: [{ kpi: "throughput", ...reading(9) }] },
  ],
  findings: {
    count: 1,
    rows: [
      {
        ...{ id: "fnd_1", rule: "control_failed", source: "control", severity: "high", state: "open" },
        openedAt: "2030-01-04T06:00:00.000Z",
      },
    ],
  },
  gates: { count: 1, rows: [{ id: "gat_2", kind: "amend", openedAt: AT, expiresAt: AT }] },
  controls: [{ control: "sandbox_egress", result: "holds", at: AT }],
  charters: [{ version: 3, digest: "a".repeat(64), at: AT }],
  signed: [{ person: "per_3", approvals: 12, denials: 1 }],
};

export function weekView(text = "Repair", change: Partial<WeekView> = {}): WeekView {
  const ids = ["per_1", "per_2", "per_3", "run_1", "agt_1", "inc_1"];
  return {
    ...{ pilotName: text, document, digest: "c".repeat(64), state: "waits", reason: text },
    ...{ decidedAt: null, signatures: [], openGate: null, isLatest: true },
    looks: [{ approvalId: "apr_1", personId: "per_1", verdict: "disagree", note: text, at: new Date(AT) }],
    names: Object.fromEntries(ids.map((id) => [id, text])),
    ...change,
  };
}
