import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { ruleOf } from "#lib/findings/catalog.ts";
import type { FindingView, SuppressionView } from "#lib/findings/schema.ts";
import { FindingPage, type FindingPageProps } from "./finding-page.tsx";
import { FindingTable } from "./finding-table.tsx";
import { InboxFindings } from "./inbox-findings.tsx";
import { placesOf } from "./places.ts";
import { byWeight, RunFindings } from "./run-findings.tsx";

const at = new Date("2030-01-01T00:00:00Z");
const action = async () => ({});

const finding = (more: Partial<FindingView> = {}): FindingView => ({
  ...{ id: "fnd_1", runId: "run_1", runTitle: "Repair main", pilotId: "pil_1", pilotName: "Nightly" },
  ...{ repositoryId: "rep_1", rule: ruleOf("password_files", { source: "conduct", severity: "high" }) },
  ...{ severity: "high", state: "open", times: 3, firstAt: at, lastAt: at, attempt: 1, seq: 7, lastSeq: 9 },
  ...{ callId: null, patchId: null, leaseId: null, commitment: "ab".repeat(32), suppression: null },
  evidence: { text: "cat /etc/shadow", path: null, line: null },
  ...more,
});

const page = (props: Partial<FindingPageProps> = {}) =>
  renderToStaticMarkup(
    <FindingPage finding={finding()} steps={[]} decide={null} mayReadLog={false} {...props} />,
  );
const decide = { move: action, dismiss: action, owners: [{ id: "per_1", name: "Sam" }], ownerId: "per_1" };

describe("the page of a finding", () => {
  test("says what was seen, why it matters, by which technique, and leads to the very event", () => {
    const shown = page();
    for (const text of ["cat /etc/shadow", "password hashes", "T1003.008", "AML.T0055", "3 times"])
      expect(shown).toContain(text);
    expect(shown).toContain('href="/runs/run_1?event=7"');
    expect(shown).toContain('href="/runs/run_1?event=9"');
  });

  test("offers what may come next to who may decide, and nothing to others", () => {
    const shown = (state: FindingView["state"]) => page({ finding: finding({ state }), decide });
    expect(page()).not.toContain("Dismiss");
    expect(shown("open")).toMatch(/Dismiss…[\s\S]*Validate…/);
    expect(shown("validated")).toMatch(/Open again…[\s\S]*Mark as mitigated…/);
    expect(shown("mitigated")).not.toContain("Validate…");
    expect(shown("dismissed")).toContain("Open again…");
  });

  test("says what holds it dismissed, until when, and who answers for it", () => {
    const suppression: SuppressionView = {
      ...{ id: "sup_1", findingId: "fnd_0", path: null, ownerName: "Sam" },
      ...{ scope: "pilot", reason: "Fixtures.", expiresAt: at, endedAt: null },
    };
    const shown = page({ finding: finding({ state: "dismissed", suppression }) });
    expect(shown).toContain("this rule in this pilot");
    expect(shown).toContain("Sam answers for it");
    expect(shown).toContain('href="/findings/fnd_0"');
  });

  test("shows its history with reasons, and the way to the log to who may read it", () => {
    const step = {
      number: 1,
      at,
      actorName: "Sam",
      from: "open",
      to: "validated",
      reason: "Read it.",
    } as const;
    expect(page({ steps: [step] })).toContain("Read it.");
    expect(page({ mayReadLog: true })).toContain('href="/log?subject=finding:fnd_1"');
    expect(page()).not.toContain("/log?");
  });

  test("of what was taken away keeps the rest", () => {
    const shown = page({ finding: finding({ evidence: null }) });
    expect(shown).toContain("was taken away");
    expect(shown).toContain("T1003.008");
  });

  test("probe: hostile evidence and titles are text, with what hides shown", () => {
    const hostile = "<img src=x onerror=alert(1)>\u202Ereversed";
    const shown = page({
      finding: finding({ runTitle: hostile, evidence: { text: hostile, path: `${hostile}.md`, line: 1 } }),
    });
    expect(shown).not.toContain("<img");
    expect(shown).not.toContain("\u202E");
    expect(shown).toContain("U+202E");
  });
});

describe("the places of a finding", () => {
  test("lead to the line of the patch, to the call, and say where none is known", () => {
    const inPatch = finding({
      seq: null,
      patchId: "pat_1",
      evidence: { text: "x", path: "a b.js", line: 4 },
    });
    expect(placesOf(inPatch).map(({ href }) => href)).toContain("/reviews/run_1?file=a+b.js&line=4");
    expect(placesOf(finding({ callId: "mcl_1" })).map(({ href }) => href)).toContain(
      "/runs/run_1/calls/mcl_1",
    );
    const nowhere = { runId: null, runTitle: null, pilotId: null, pilotName: null, seq: null, lastSeq: null };
    expect(placesOf(finding(nowhere))).toMatchObject([
      { text: "None is known: it was turned away at a door.", href: null },
    ]);
  });
});

describe("findings elsewhere", () => {
  const low = finding({ id: "fnd_2", severity: "low" });
  const done = finding({ id: "fnd_3", severity: "critical", state: "mitigated" });

  test("stand with what waits first, the gravest of it first", () => {
    expect(byWeight([low, done, finding()]).map(({ id }) => id)).toEqual(["fnd_1", "fnd_2", "fnd_3"]);
  });

  test("stand beside their run, which says so where there are none", () => {
    const many = Array.from({ length: 9 }, (_, n) => finding({ id: `fnd_${n}` }));
    const shown = renderToStaticMarkup(<RunFindings runId="run_1" findings={many} />);
    expect(shown.match(/href="\/findings\/fnd_/g)).toHaveLength(6);
    expect(shown).toContain('href="/findings?runId=run_1"');
    expect(renderToStaticMarkup(<RunFindings runId="run_1" findings={[]} />)).toContain("seen nothing");
  });

  test("stand in the inbox where there are any", () => {
    expect(renderToStaticMarkup(<InboxFindings findings={[]} />)).toBe("");
    expect(renderToStaticMarkup(<InboxFindings findings={[finding()]} />)).toContain(
      'href="/findings/fnd_1"',
    );
  });

  test("in a table say where, unless the page does", () => {
    const table = (ofOneRun: boolean) =>
      renderToStaticMarkup(<FindingTable findings={[finding()]} ofOneRun={ofOneRun} />);
    expect(table(false)).toContain("Nightly");
    expect(table(true)).not.toContain("Nightly");
  });
});
