import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { weekView } from "#lib/testing/week-view.ts";
import { sectionsOf } from "#lib/weekly-reviews/paper/section-rules.ts";
import { headlineOf } from "#lib/weekly-reviews/rules.ts";
import type { WeekView } from "#lib/weekly-reviews/schema.ts";
import { WeekPage } from "./week-page.tsx";
import { WeeksPage } from "./weeks-page.tsx";

const act = async () => ({});

const html = (week: WeekView, { propose = true } = {}) =>
  renderToStaticMarkup(
    <WeekPage
      week={week}
      me="per_1"
      headline={headlineOf(week.document)}
      sections={sectionsOf(week)}
      propose={propose ? act : null}
      say={act}
      canAmend
    />,
  );

describe("the page of a week", () => {
  test("says the verdict first, then what it rests on", () => {
    const page = html(weekView());
    const places = ["1 of 2 targets met", "Numbers against targets", "Incidents", "Spend on models"].map(
      (text) => page.indexOf(text),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(page).toContain("Decide…");
    expect(html(weekView(), { propose: false })).not.toContain("Decide…");
  });

  test("leads from a week that is to be tightened to the form of the amendment, and from no other", () => {
    expect(html(weekView("Repair", { state: "tighten" }))).toContain('href="/pilots/pil_1/charter"');
    expect(html(weekView("Repair", { state: "continue" }))).not.toContain('href="/pilots/pil_1/charter"');
  });

  test("names a week overdue that nobody decided, and asks nothing of it any more", () => {
    const page = html(weekView("Repair", { state: "overdue", isLatest: false }));
    expect(page).toContain("Overdue: nobody decided");
    expect(page).not.toContain("Decide…");
  });

  test("probe: markup and characters that hide stay text that is seen", () => {
    const page = html(weekView("<script>alert(1)</script>‮"));
    expect(page).not.toContain("<script>");
    expect(page).not.toContain("‮");
    expect(page).toContain("U+202E");
  });
});

test("where the charter names no owners, the page of a week asks two leads and not owners", () => {
  const { document } = weekView();
  expect(html(weekView("Repair", { document: { ...document, owners: ["per_1", "per_2"] } }))).toContain(
    "An owner proposes",
  );
  const page = html(weekView("Repair", { document: { ...document, owners: [] } }));
  expect(page).toContain("A lead proposes");
  expect(page).not.toContain("An owner proposes");
});

test("whoever approved at a gate is not asked for a second look at another approval of it", () => {
  const { document } = weekView();
  const [item] = document.sample.items;
  if (!item) throw new Error("the view samples nothing");
  const other = { ...item, approval: "apr_2", person: "per_1" };
  const waiting = (items: (typeof item)[]) =>
    html(weekView("Repair", { looks: [], document: { ...document, sample: { ...document.sample, items } } }));
  expect(waiting([item])).toContain("Waiting for a second look");
  expect(waiting([item, other])).not.toContain("Waiting for a second look");
});

test("the list of weeks says when the first comes, or that the charter asks for none", () => {
  const empty = (days: number | null) =>
    renderToStaticMarkup(<WeeksPage pilotId="pil_1" pilotName="Pilot" days={days} isActive weeks={[]} />);
  expect(empty(7)).toContain("once 7 days are over");
  expect(empty(null)).toContain("Choose a cadence");
});
