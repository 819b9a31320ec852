import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { type Brief, BriefCount } from "#lib/briefs/schema.ts";
import type { PilotView } from "#lib/pilots/schema.ts";
import { Nearest } from "../tripwires/nearest.tsx";
import { HealthTable, targetWords } from "./health.tsx";
import { HomePage, type HomePageProps } from "./home-page.tsx";
import { AccessChanges, Denied, FindingsNow, OddRuns } from "./security.tsx";

const NOW = Date.parse("2026-11-19T08:12:00Z");
const at = new Date(NOW - 3_600_000);
const action = async () => ({});
const HOSTILE = '<img src=x onerror=alert(1)>\u202e "quoted"';

const brief = (more: Partial<Brief> = {}): Brief => ({
  ...{ view: "engineering", now: NOW, waiting: { count: 0, first: null }, paused: 0 },
  since: { span: "work", at: NOW - 50_000_000, timeZone: "Europe/Lisbon", isWorkEnd: true },
  counts: Object.fromEntries(
    BriefCount.options.map((kind) => [kind, { count: 0, weight: 0, detail: null }]),
  ) as Brief["counts"],
  guarded: { controls: null, findings: [], access: null },
  ...more,
});
const home = (more: Partial<HomePageProps> = {}) =>
  renderToStaticMarkup(
    <HomePage
      brief={brief()}
      views={["engineering"]}
      choose={action}
      alarms={[]}
      rows={null}
      setupLeft={0}
      setup={null}
      main={null}
      side={null}
      below={null}
      {...more}
    />,
  );

describe("the home page", () => {
  test("shows the rows behind a number under the sentence, with a way back", () => {
    const row = {
      id: "run_1",
      runId: "run_1",
      pilotId: "pil_1",
      title: "A run",
      detail: null,
      weight: 1,
      at,
    };
    const html = home({ rows: { kind: "failed", rows: [row] } });
    expect(html).toContain("Runs that broke down");
    expect(html).toContain('href="/runs/run_1"');
    expect(html).toContain('href="/?view=engineering&amp;since=work"');
  });

  test("offers another view to a person who has one alone", () => {
    expect(home()).not.toContain("Security view");
    expect(home({ views: ["engineering", "security"] })).toContain("Security view");
  });

  test("of an installation without a pilot is led by the checklist", () => {
    const html = home({ setupLeft: 5, setup: <p>The list</p> });
    expect(html.indexOf("The list")).toBeLessThan(html.indexOf("Morning brief"));
    expect(html).not.toContain("5 steps of the set-up");
    expect(html).not.toContain("Nothing needs you");
    expect(home({ setup: <p>The list</p>, brief: brief({ paused: 1 }) })).toContain("1 paused run");
    expect(home({ setupLeft: 5 })).toContain("5 steps of the set-up");
  });

  test("probe: reasons, titles and hosts are text", () => {
    const counts = { ...brief().counts, failed: { count: 1, weight: 1, detail: HOSTILE } };
    const row = { id: "r", runId: "run_1", pilotId: "p", title: HOSTILE, detail: HOSTILE, weight: 2, at };
    const html = [
      home({ brief: brief({ counts }), rows: { kind: "denied", rows: [row] } }),
      renderToStaticMarkup(<Denied rows={[row]} href="/" />),
      renderToStaticMarkup(
        <OddRuns runs={[{ runId: "run_1", title: HOSTILE, isWeak: true, allowed: 1, denied: 2 }]} />,
      ),
    ].join("");
    expect(html).not.toContain("<img");
    expect(html).not.toContain("\u202e");
  });
});

describe("what a security lead sees", () => {
  test("names each kind of access change, with its entries, and nothing to who may not read the log", () => {
    const html = renderToStaticMarkup(<AccessChanges changes={[{ kind: "token.made", count: 3 }]} />);
    expect(html).toContain('href="/log?kind=token.made"');
    expect(renderToStaticMarkup(<AccessChanges changes={null} />)).toBe("");
  });

  test("counts open findings by severity, with the age of the oldest", () => {
    const html = renderToStaticMarkup(
      <FindingsNow findings={[{ severity: "critical", count: 2, oldestAt: at }]} />,
    );
    expect(html).toContain('href="/findings?severity=critical"');
    expect(html).toContain("oldest");
  });
});

test("pilot health says how near the nearest tripwire is, and what froze merges", () => {
  const pilot: PilotView = {
    ...{ id: "pil_1", name: "Nightly triage", status: "paused", statusReason: null, timeZone: "UTC" },
    ...{ demo: false, createdBy: "per_1", createdByName: "Ada", createdAt: at, activatedAt: at },
    ...{ baselineUntil: null, endedAt: null, activeCharterId: "chr_1", activeVersion: 4, latestVersion: 4 },
    ...{ repositoryId: null, repositoryName: null, runs: {} },
  };
  const nearest = {
    ...{ line: "spend > 20 USD over 1 day; pause", title: "Spend on models", state: "armed" as const },
    ...{ way: 0.06, words: "$1.20 of $20, then paused" },
  };
  const html = renderToStaticMarkup(
    <HealthTable
      more={0}
      health={[
        {
          ...{ pilot, watch: { wires: 1, nearest, frozenBy: "failed_runs >= 1" } },
          ...{ verdicts: { met: 1, missed: 0, cannot_tell: 2 }, review: { due: null, next: "2026-11-26" } },
        },
      ]}
    />,
  );
  expect(html).toContain("$1.20 of $20, then paused");
  expect(html).toContain("Merges frozen");
  expect(html).toContain("1 met, 2 cannot tell");
  expect(targetWords({ met: 0, missed: 0, cannot_tell: 0 })).toBe("no target");
});

describe("the nearest tripwire of a pilot", () => {
  test("is not said to be none to somebody who may not see its numbers", () => {
    expect(renderToStaticMarkup(<Nearest pilotId="pil_1" watch={undefined} />)).not.toContain("no tripwire");
  });

  test("a charter without one says so, and that an older one still holds merges", () => {
    const watch = { wires: 0, nearest: null, frozenBy: "failed_runs >= 1" };
    const html = renderToStaticMarkup(<Nearest pilotId="pil_1" watch={watch} />);
    expect(html).toContain("no tripwire");
    expect(html).toContain("Merges frozen");
  });
});
