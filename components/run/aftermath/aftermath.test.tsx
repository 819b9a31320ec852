import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { Sighting } from "#lib/merge-watches/schema.ts";
import { Aftermath, type AftermathProps } from "./aftermath.tsx";

const COMMIT = "abcdef123456".padEnd(40, "0");
const at = new Date("2026-11-01T00:00:00Z");
const NONE = { reverts: null, revertedBy: [], isUnderWay: false, mayHandOver: false };
const linked = (runId: string, status: "merged" | "in_review" | "failed") => ({
  ...{ runId, status, title: `Repair <b>${runId}</b>` },
});
const sighting = (over: Partial<Sighting>): Sighting => ({
  ...{ seen: "rewritten", commit: COMMIT, source: "ancestry", lines: null, ofLines: null, subject: null, at },
  ...over,
});
const shown = (over: Partial<AftermathProps>): string =>
  renderToStaticMarkup(
    <Aftermath
      {...{ runId: "run_1", pilotId: "pil_1", where: "tally@main", links: NONE, watch: null, revert: null }}
      {...over}
    />,
  );

describe("what became of a merge", () => {
  test("is nothing where there is nothing to say", () => {
    expect(shown({})).toBe("");
  });

  test("offers to revert to whoever may, and names what undoes it, with names as text", () => {
    expect(shown({ revert: async () => ({ ok: true, value: {} }) as never })).toContain("Revert this merge…");
    const page = shown({
      links: { ...NONE, revertedBy: [linked("run_2", "merged"), linked("run_3", "failed")] },
    });
    expect(page).toContain("Reverted by");
    expect(page).toContain("Tried to revert it");
    expect(page).not.toContain("<b>");
    expect(page).not.toContain("Revert this merge…");
  });

  test("of a revert leads back, and hands over to an agent what the trees could not do", () => {
    const page = shown({
      links: {
        ...NONE,
        reverts: { ...linked("run_0", "merged"), commit: COMMIT },
        mayHandOver: true,
      },
    });
    expect(page).toContain('href="/runs/run_0"');
    expect(page).toContain('href="/runs/new?pilot=pil_1&amp;revert=run_1"');
  });

  test("says how long it is watched, what was seen, and by what", () => {
    const watch = { commit: COMMIT, until: at, settledAt: null, state: "watching" as const, sightings: [] };
    expect(shown({ watch })).toContain("nothing was seen so far");
    const page = shown({
      watch: {
        ...watch,
        ...{ state: "rewritten", settledAt: at },
        sightings: [
          sighting({ seen: "changed_again", source: "lines", lines: 1, ofLines: 12 }),
          sighting({ seen: "check_failed", source: "check" }),
          sighting({ seen: "reverted_by_hand", source: "trees" }),
          sighting({ seen: "reverted_here", source: "run" }),
          sighting({}),
        ],
      },
    });
    expect(page).toContain("1 of the 12 lines it brought was changed again, as of abcdef123456.");
    for (const said of [
      "A check from outside failed",
      "Reverted by hand",
      "by a run of Pilothouse",
      "was rewritten",
    ])
      expect(page).toContain(said);
    expect(page).toContain("Branch rewritten");
  });
});
