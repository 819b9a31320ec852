import { renderToStaticMarkup as html } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { NewEvent, RunEvent } from "#lib/protocol/events.ts";
import { timelineOf } from "#lib/timeline/rules.ts";
import { RUN_STATUSES } from "../status.ts";
import { RunOutcome } from "./run-outcome.tsx";
import { TimeBudget } from "./time-budget.tsx";
import { Timeline } from "./timeline.tsx";

const events = (...bodies: NewEvent[]): RunEvent[] =>
  bodies.map(
    (event, at) =>
      ({
        ...event,
        seq: at + 1,
        attempt: 1,
        at: `2026-11-19T08:00:0${at % 10}.000Z`,
        observedBy: "runner",
      }) as RunEvent,
  );

const step = (number: number): NewEvent => ({
  kind: "step_started",
  body: { step: number, title: `Step number ${number}` },
});
const note = (text: string): NewEvent => ({ kind: "note", body: { text } });
const shown = (...bodies: NewEvent[]) =>
  html(<Timeline timeline={timelineOf(events(...bodies))} live={false} />);

describe("the timeline on a page", () => {
  test("past steps are folded, the last two are open", () => {
    const page = shown(step(1), note("first"), step(2), note("second"), step(3), note("third"));
    expect(page).not.toContain("first");
    expect(page).toContain("second");
    expect(page).toContain("third");
    expect(page.match(/aria-expanded="false"/g)).toHaveLength(1);
  });

  test("a failed exit is red, the command is not", () => {
    const page = shown(
      step(1),
      {
        kind: "command_started",
        body: { command: 1, argv: ["node", "--test"], tree: "base", purpose: "reproduce" },
      },
      {
        kind: "command_finished",
        body: { command: 1, exit: 1, ended: "itself", milliseconds: 14_200, dropped: 0 },
      },
    );
    expect(page).toContain('<span class="bad">exit 1</span> · 14.2 s');
    expect(page).toContain("node --test");
  });

  test("a command that ran out of time says so", () => {
    const page = shown(
      step(1),
      { kind: "command_started", body: { command: 1, argv: ["sleep", "99"], tree: "base", purpose: "" } },
      {
        kind: "command_finished",
        body: { command: 1, exit: null, ended: "time", milliseconds: 60_000, dropped: 0 },
      },
    );
    expect(page).toContain("out of time");
  });

  test("probe: a step, a note and a culprit named in markup stay text", () => {
    const evil = "<script>alert(1)</script>";
    const page = shown(
      { kind: "step_started", body: { step: 1, title: evil } },
      note(evil),
      {
        kind: "culprit_found",
        body: { cluster: 1, commit: "9".repeat(40), subject: evil, author: evil, steps: 3 },
      },
      { kind: "cluster_given_up", body: { cluster: 2, reason: evil } },
    );
    expect(page).not.toContain("<script>");
    expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(4);
  });

  test("what the control plane did stands between the steps, by its own words", () => {
    const page = shown(
      { kind: "status_changed", body: { from: "queued", to: "preparing", reason: "" } },
      step(1),
    );
    expect(page).toContain('data-mark="status_changed"');
    expect(page).toContain("Preparing");
  });

  test("probe: a state nobody declared is shown as it is and breaks nothing", () => {
    expect(shown({ kind: "status_changed", body: { from: "x", to: "hacked", reason: "" } })).toContain(
      "hacked",
    );
  });
});

describe("what came out of a run", () => {
  test.each(["failed", "rejected", "cancelled"] as const)("a %s run says why", (status) => {
    const page = html(
      <RunOutcome
        runId="run_1"
        status={status}
        reason="The agent changed nothing because every failure is flaky."
      />,
    );
    expect(page).toContain("because every failure is flaky");
  });

  test("one that ended without a word says that", () => {
    expect(html(<RunOutcome runId="run_1" status="failed" reason={null} />)).toContain(
      "no reason was recorded",
    );
  });

  test("a review and a merge lead to the review, work under way says nothing yet", () => {
    for (const status of RUN_STATUSES) {
      const page = html(<RunOutcome runId="run_1" status={status} reason={null} />);
      expect(page.includes('href="/reviews/run_1"')).toBe(
        ["in_review", "merging", "merged"].includes(status),
      );
    }
    expect(html(<RunOutcome runId="run_1" status="working" reason={null} />)).toBe("");
  });
});

describe("the time a run may take", () => {
  test("is counted from its start to its end", () => {
    const page = html(
      <TimeBudget startedAt="2026-11-19T08:00:00Z" endedAt="2026-11-19T08:30:00Z" maxMinutes={60} />,
    );
    expect(page).toContain("30 min");
    expect(page).toContain('aria-label="50 % of the time used"');
  });

  test("warns when it is nearly over, and is unknown before the start", () => {
    expect(
      html(<TimeBudget startedAt="2026-11-19T08:00:00Z" endedAt="2026-11-19T08:57:00Z" maxMinutes={60} />),
    ).toContain('class="meter need"');
    expect(html(<TimeBudget startedAt={null} endedAt={null} maxMinutes={60} />)).toContain("–");
  });
});
