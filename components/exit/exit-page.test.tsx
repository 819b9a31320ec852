import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { ExitDocument, ExitView } from "#lib/exit-reviews/schema.ts";
import { ExitPage, type ExitPageProps } from "./exit-page.tsx";

const at = new Date("2026-12-22T08:00:00Z");
const document = (over: Partial<ExitDocument>): ExitDocument => ({
  ...{ v: 1, pilot: "pil_1", stage: "review", charter: "c".repeat(64), activatedOn: "2026-11-24" },
  ...{ dueOn: "2026-12-22", timeZone: "Europe/Berlin", asOf: at.toISOString(), confirms: null },
  targets: [
    {
      ...{ kpi: "revert_rate", target: 20, value: 10, interval: { low: 2, high: 31 }, sample: 12 },
      ...{ provisional: 3, verdict: "leaning", towards: "met", needed: 8 },
    },
  ],
  criteria: [
    { criterion: "independent_review", isAsked: true, verdict: "cannot_tell", towards: null, needed: 1 },
    { criterion: "targets_met", isAsked: true, verdict: "leaning", towards: "met", needed: 8 },
  ],
  ...over,
});
const exit: ExitView = {
  ...{ days: { review: "2026-12-22", confirmation: "2027-01-05" }, review: null, confirmation: null },
  ...{ now: document({}), reports: [], decisions: [], openGate: null, cannotReport: null },
};
const props: ExitPageProps = {
  ...{ pilotId: "pil_1", pilotName: "Nightly", timeZone: "Europe/Berlin", exit, closing: null, limits: [] },
  ...{ findings: 0, ask: null, report: null, draftNext: null, mayTakeKit: false, mayTakeLog: false },
};
const page = (over: Partial<ExitPageProps>) => renderToStaticMarkup(<ExitPage {...props} {...over} />);

test("before its day the page says what will be asked and where each criterion stands", () => {
  const text = page({});
  expect(text).toContain("What will be asked");
  expect(text).toContain("Leaning to met, needs about 8 more");
  expect(text).toContain("3 can still change");
  expect(text).not.toContain("Reviewer kit");
});

test("the confirmation stands beside what the review said, and says what became of it", () => {
  const review = { id: "exr_1", digest: "a".repeat(64), writtenAt: at, document: document({}) };
  const [target] = review.document.targets;
  if (!target) throw new Error("there is a target");
  const reversed = document({
    stage: "confirmation",
    targets: [{ ...target, verdict: "missed", towards: "missed", needed: null, provisional: 0 }],
  });
  const confirmation = { ...review, id: "exr_2", document: reversed };
  const text = page({ exit: { ...exit, review, confirmation } });
  expect(text).toContain("Reversed");
  expect(text).toContain("Leaning to met");
});

test("probe: a report's hostile name is shown as text, and opens under a name of ours", () => {
  const name = "<script>alert(1)</script>\u202egpj.exe";
  const report = { id: "xrp_1", personId: "per_1", personName: "Audrey", verdict: "fit", name } as const;
  const reports = [{ ...report, statement: "Read it.", sha256: "a".repeat(64), keptAt: null, statedAt: at }];
  const text = page({ exit: { ...exit, reports } });
  expect(text).not.toContain("<script>");
  expect(text).not.toContain("\u202e");
  expect(text).toContain('href="/api/pilots/pil_1/exit/reports/xrp_1"');
});

test("steps of closing are told as they are, with what the next waits for and how to check the receipt", () => {
  const step = { step: "runs", result: "{}", digest: "b".repeat(64), milliseconds: 12, doneAt: at } as const;
  const closing = {
    begunAt: at,
    closedAt: null,
    steps: [step],
    publicKey: null,
    waits: "It waits for 2 calls.",
  };
  const text = page({ closing });
  expect(text).toContain("It waits for 2 calls.");
  expect(text.match(/data-state="done"/g)).toHaveLength(1);
  const closed = page({ closing: { ...closing, closedAt: at, publicKey: "AAAA", waits: null } });
  expect(closed).toContain("--receipt-key AAAA");
});
