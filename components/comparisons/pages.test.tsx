import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { resultsOf } from "#lib/comparisons/results-rules.ts";
import type { AttemptView, ComparisonView } from "#lib/comparisons/schema.ts";
import { topicsOf } from "#lib/procurement/rules.ts";
import type { SheetRow } from "#lib/procurement/schema.ts";
import { BlindPage } from "./blind-page.tsx";
import { ComparisonPage } from "./comparison-page.tsx";
import { ComparisonsPage } from "./comparisons-page.tsx";
import { PlanForm } from "./plan-form.tsx";
import { ProcurementPage } from "./procurement-page.tsx";

const HOSTILE = "<script>alert(1)</script>\u202Egnp.exe";
const NOW = new Date(Date.UTC(2026, 10, 24, 12));
const none = async () => ({});

const comparison: ComparisonView = {
  ...{ id: "cmp_1", pilotId: "pil_1", pilotName: "Nightly", repositoryName: "ledger", title: HOSTILE },
  ...{ state: "closed", baseCommit: "a".repeat(40), charterDigest: "b".repeat(64), each: 1 },
  tasks: [{ title: "Repair", task: "Repair main.", kind: "repair" }],
  ...{ ceilingMicros: 30_000_000, createdBy: "per_1", createdByName: "Ada", createdAt: NOW },
  ...{ startedAt: NOW, closedAt: NOW, closeReason: "done", chosenAt: null },
  progress: { attempts: 2, launched: 2, running: 0, waiting: 0, judged: 2 },
  reviewers: [{ id: "per_2", name: "Bo" }],
};
const contestants = [
  { agentId: "agt_1", name: "One", model: "m-1", driver: "openai" },
  { agentId: "agt_2", name: "Two", model: "m-2", driver: "openai" },
];
const attempts: AttemptView[] = contestants.map(({ agentId }, at) => ({
  ...{ id: `cpa_${at}`, place: at + 1, label: `A-0${at}`, agentId, task: 0, round: 1, runId: `run_${at}` },
  ...{ status: "in_review", evidence: "verified", verdict: "acceptable", verdictReason: HOSTILE },
  ...{ judgedByName: "Bo", isChosen: false, costMicros: 1_500_000, milliseconds: 90_000 },
  ...{ deniedAsks: 0, findings: 0 },
}));
const actions = { start: none, close: none, choose: none };

describe("the page of a comparison", () => {
  test("shows shares with intervals, and says what it cannot tell", () => {
    const results = resultsOf(contestants, attempts, []);
    const html = renderToStaticMarkup(
      <ComparisonPage
        comparison={comparison}
        open={{ contestants, attempts, results }}
        mayLaunch
        mayJudge={false}
        {...actions}
      />,
    );
    expect(html).toContain("1 of 1, 21 % to 100 %");
    expect(html).toContain("cannot tell which is better, One or Two");
    expect(html).toContain("not connected");
    expect(html).toContain("too few for an interval");
    expect(html).not.toContain("<script>alert");
  });

  test("probe: sends a blind reviewer no table, and no file to fetch", () => {
    const html = renderToStaticMarkup(
      <ComparisonPage
        comparison={{ ...comparison, state: "started" }}
        open={null}
        mayLaunch={false}
        mayJudge
        {...actions}
      />,
    );
    expect(html).toContain("/agents/compare/cmp_1/review");
    expect(html).not.toContain("<table");
    expect(html).not.toContain("/api/comparisons");
  });

  test("says before the launch what it costs at most", () => {
    const planned = { ...comparison, state: "planned" as const };
    const shown = (launched: number) =>
      renderToStaticMarkup(
        <ComparisonPage
          comparison={{ ...planned, progress: { ...comparison.progress, launched } }}
          open={{ contestants, attempts: [], results: resultsOf(contestants, [], []) }}
          mayLaunch
          mayJudge={false}
          {...actions}
        />,
      );
    const html = shown(0);
    expect(html).toContain("Launch 2 attempts, at most $30.00");
    expect(shown(1)).toContain("Launch 1 attempt, at most $15.00");
    expect(html).toContain("nothing yet");
  });
});

describe("the other pages", () => {
  test("probe: a patch stays text, and what would not be seen is marked", () => {
    const shown = {
      ...{ label: "A-7f", title: HOSTILE, task: HOSTILE, kind: "repair", verdict: null },
      ...{ digest: "3".repeat(64), diff: `+${HOSTILE}`, leftOut: 5, masked: 2 },
    };
    const { label, title, task, kind, verdict } = shown;
    const html = renderToStaticMarkup(
      <BlindPage
        comparison={comparison}
        attempts={[{ label, title, task, kind, verdict }]}
        shown={shown}
        judge={none}
      />,
    );
    expect(html).not.toContain("<script>alert");
    expect(html).not.toContain("\u202E");
    expect(html).toContain("2 names in it covered");
    expect(html).toContain("5 characters more");
    expect(html).toContain(`value="${"3".repeat(64)}"`);
  });

  test("list comparisons, or say what one is for", () => {
    expect(renderToStaticMarkup(<ComparisonsPage comparisons={[comparison]} mayPlan />)).toContain(
      "2 of 2 launched",
    );
    expect(renderToStaticMarkup(<ComparisonsPage comparisons={[]} mayPlan={false} />)).toContain(
      "No comparison yet",
    );
  });

  test("plan in a pilot that can, and say so where there is none", () => {
    const pilot = { id: "pil_1", name: "Nightly", kinds: ["repair"], agents: [], budgetRunCents: 100 };
    const html = renderToStaticMarkup(
      <PlanForm
        pilots={[{ ...pilot, reviewers: [{ id: "per_2", name: "Bo" }] }]}
        agents={[{ id: "agt_1", name: "One", model: "m" }]}
        action={none}
      />,
    );
    expect(html).toContain('name="tasks.0.task"');
    expect(html).toContain('name="reviewers[]"');
    expect(renderToStaticMarkup(<PlanForm pilots={[]} agents={[]} action={none} />)).toContain(
      "No pilot to compare in",
    );
  });

  test("probe: a source of the procurement sheet is shown and is no link", () => {
    const note = {
      ...{ id: "pcn_1", agentId: "agt_1", topic: "price_model" as const, text: HOSTILE },
      ...{ source: "https://example.org/prices", asOf: "2026-01-01", enteredByName: "Ada", enteredAt: NOW },
    };
    const row: SheetRow = {
      ...{ agentId: "agt_1", name: "One", driver: "openai", model: "m-1", providerName: "P" },
      topics: topicsOf([note, { ...note, id: "pcn_0", asOf: "2025-01-01" }], NOW.getTime()),
      measured: {
        ...{ runs: 4, finished: 4, verified: 3, meanMicros: 2_000_000, medianMinutes: 2, longestMinutes: 9 },
        ...{ reviewed: 3, sessions: 4, firstCalls: 0, longCalls: 0 },
        ...{
          calls: 0,
          largestInputTokens: null,
          firstTokenMs: null,
          longFirstTokenMs: null,
          declinedAsks: 0,
        },
      },
    };
    const html = renderToStaticMarkup(<ProcurementPage sheet={[row]} note={none} today="2026-11-24" />);
    expect(html).toContain("https://example.org/prices");
    expect(html).not.toContain('href="https://example.org');
    expect(html).not.toContain("<script>alert");
    expect(html).toContain("older than 90 days");
    expect(html).toContain("1 earlier");
    expect(html).toContain("75 %");
    expect(html).toContain("not entered");
  });
});
