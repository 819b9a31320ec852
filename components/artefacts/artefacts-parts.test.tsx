import { renderToStaticMarkup as html } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { ArtefactsView, ArtefactView } from "#lib/artefacts/schema.ts";
import { ArtefactsPage } from "./artefacts-page.tsx";

const ask = async () => ({});
const artefact = (id: string, more: Partial<ArtefactView> = {}): ArtefactView => ({
  ...{ id, attempt: 1, path: `reports/${id}.txt`, bytes: 12, sha256: "a".repeat(64), state: "scanned" },
  ...{ media: "text/plain", findings: [], problem: null, isLeft: false, gateId: null, gateStatus: null },
  ...{ createdAt: new Date(0), promotedAt: null, deletedAt: null, ...more },
});
const all = [
  artefact("notes"),
  artefact("page", { findings: [{ rule: "active", detail: "HTML \u202e" }] }),
  artefact("asked", { gateId: "gat_1", gateStatus: "open" }),
  artefact("bad", {
    state: "refused",
    findings: [{ rule: "secret", detail: "aws, 1 times, first in line 3" }],
  }),
  artefact("link", {
    state: "refused",
    isLeft: true,
    sha256: "",
    findings: [{ rule: "symlink", detail: "" }],
  }),
  artefact("odd", { state: "quarantined", media: "", problem: "Looking into it ended by time." }),
  artefact("out", { state: "promoted" }),
  artefact("gone", { state: "deleted" }),
];
const view = (more: Partial<ArtefactsView> = {}): ArtefactsView => ({
  ...{ artefacts: all, paths: ["reports"], days: 30, mayAsk: true, mayTake: true, mayInspect: true, ...more },
});
const run = { id: "run_1", title: "Repair" };
const page = (more: Partial<ArtefactsView> = {}, asking: typeof ask | null = ask) =>
  html(<ArtefactsPage run={run} view={view(more)} ask={asking} />);
const rowOf = (text: string, id: string): string =>
  new RegExp(`<tr data-artefact="${id}".*?</tr>`, "s").exec(text)?.[0] ?? "";

describe("the page of a run's artefacts", () => {
  test("lets only what was looked into, is not refused and waits nowhere be ticked", () => {
    const text = page();
    const ticked = all.filter(({ id }) => /type="checkbox"/.test(rowOf(text, id)));
    expect(ticked.map(({ id }) => id)).toEqual(["notes", "page"]);
    expect(page({}, null)).not.toContain('type="checkbox"');
  });

  test("says of each what was seen, hides nothing in it, and why one was not looked into", () => {
    const text = page();
    expect(rowOf(text, "page")).toContain("Content that acts where it is opened");
    expect(text).not.toContain("\u202e");
    expect(rowOf(text, "bad")).toContain("A key or a password");
    expect(rowOf(text, "link")).toContain("Left in the sandbox");
    expect(rowOf(text, "odd")).toContain("ended by time");
    expect(text).toContain("could not look into some of them");
  });

  test("gives out at once only what was promoted; what is in quarantine opens a warning, for those who may", () => {
    const text = page();
    expect(rowOf(text, "out")).toContain('href="/api/runs/run_1/artefacts/out"');
    expect(rowOf(text, "notes")).not.toContain('href="/api');
    expect(rowOf(text, "notes")).toContain("From quarantine…");
    expect(rowOf(page({ mayInspect: false }), "notes")).not.toContain("From quarantine…");
    expect(rowOf(page({ mayTake: false }), "out")).not.toContain("Download<");
    for (const id of ["link", "gone"]) expect(rowOf(text, id)).not.toMatch(/href="\/api|From quarantine/);
  });

  test("empty, it says what would fill it", () => {
    expect(page({ artefacts: [], paths: [] })).toContain("Name them under Environment");
    expect(page({ artefacts: [] })).toContain("What lies at reports");
  });
});
