// The sentence of a brief, and since when it tells.
import { describe, expect, test } from "vitest";
import type { RoleGrant } from "../authz/schema.ts";
import { DAY, HOUR } from "../clock.ts";
import type { WorkingHours } from "../hours/schema.ts";
import { briefParts, isEmpty, momentWords, sinceOf, sinceWords, viewFor, viewsOf } from "./rules.ts";
import { type Brief, BriefCount, type Counted, type HomeView } from "./schema.ts";

const HOURS: WorkingHours = {
  ...{ days: ["mon", "tue", "wed", "thu", "fri"], from: "09:00", to: "17:00", timeZone: "Europe/Lisbon" },
};
const at = (text: string) => Date.parse(text);
const MORNING = at("2026-11-19T08:12:00Z"); // a Thursday; Lisbon is on UTC in winter

const NONE: Counted = { count: 0, weight: 0, detail: null };
const brief = (
  counts: Partial<Record<BriefCount, Partial<Counted>>> = {},
  more: Partial<Brief> = {},
): Brief => ({
  ...{ view: "engineering", now: MORNING, waiting: { count: 0, first: null }, paused: 0 },
  since: sinceOf("work", [HOURS], MORNING),
  counts: Object.fromEntries(
    BriefCount.options.map((kind) => [kind, { ...NONE, ...counts[kind] }]),
  ) as Brief["counts"],
  guarded: { controls: null, findings: [], access: null },
  ...more,
});
const said = (of: Brief) =>
  briefParts(of)
    .map(({ text }) => text)
    .join("");

describe("since when a brief tells", () => {
  test("is when the last working day ended, over a weekend too", () => {
    expect(sinceOf("work", [HOURS], MORNING)).toMatchObject({
      ...{ at: at("2026-11-18T17:00:00Z"), isWorkEnd: true, timeZone: "Europe/Lisbon" },
    });
    const monday = at("2026-11-23T08:00:00Z");
    expect(sinceOf("work", [HOURS], monday).at).toBe(at("2026-11-20T17:00:00Z"));
    expect(sinceWords(sinceOf("work", [HOURS], monday), monday)).toBe("Since 17:00 on Friday");
  });

  test("follows the wall's clock through both changes of it", () => {
    const zone = { ...HOURS, timeZone: "Europe/Berlin", days: ["sun"] as WorkingHours["days"] };
    // The clocks went forward on 28 March 2027 and back on 31 October.
    expect(sinceOf("work", [zone], at("2027-03-29T06:00:00Z")).at).toBe(at("2027-03-28T15:00:00Z"));
    expect(sinceOf("work", [zone], at("2027-11-01T06:00:00Z")).at).toBe(at("2027-10-31T16:00:00Z"));
    const night = { ...zone, from: "00:30", to: "02:30" };
    expect(sinceOf("work", [night], at("2027-03-28T12:00:00Z")).at).toBe(at("2027-03-28T01:00:00Z"));
  });

  test("is the earliest end among pilots, and a day where nobody names hours", () => {
    const late = { ...HOURS, to: "22:00" };
    expect(sinceOf("work", [late, HOURS], MORNING).at).toBe(at("2026-11-18T17:00:00Z"));
    const always = { ...HOURS, days: [] };
    expect(sinceOf("work", [always], MORNING)).toMatchObject({ at: MORNING - DAY, isWorkEnd: false });
    expect(sinceWords(sinceOf("work", [], MORNING), MORNING)).toBe("In the last 24 hours");
    expect(sinceOf("72", [HOURS], MORNING).at).toBe(MORNING - 3 * DAY);
  });

  test.each([
    [MORNING + HOUR, "09:12"],
    [MORNING + DAY, "08:12 tomorrow"],
    [MORNING - DAY, "08:12 yesterday"],
    [MORNING + 3 * DAY, "08:12 on Sunday"],
    [MORNING + 30 * DAY, "08:12 on 19 December"],
  ])("%d is said as %s", (moment, words) => {
    expect(momentWords("Europe/Lisbon", moment, MORNING)).toBe(words);
  });
});

describe("the sentence", () => {
  test("says what rows say, and what does not need anybody before when", () => {
    const told = brief(
      {
        ...{
          causes: { count: 3, weight: 9 },
          verified: { count: 2 },
          spend: { count: 4, weight: 14_200_000 },
        },
        no_change: { count: 1, detail: "the test also fails on the base" },
      },
      { waiting: { count: 3, first: at("2026-11-19T10:00:00Z") } },
    );
    expect(said(told)).toBe(
      "Since 17:00 yesterday: 9 failures → 3 causes, 2 patches verified, 1 given up because “the test also fails on the base” and $14.20 spent on models. Nothing needs you before 10:00, when the first of 3 decisions runs out.",
    );
  });

  test("leads from each number to its rows", () => {
    const hrefs = briefParts(brief({ failed: { count: 1 }, verified: { count: 2 } })).flatMap(
      ({ href }) => href ?? [],
    );
    expect(hrefs).toEqual([
      "/?view=engineering&since=work&rows=verified#rows",
      "/?view=engineering&since=work&rows=failed#rows",
    ]);
  });

  test("of a quiet night says so, and is empty", () => {
    expect(said(brief())).toBe("Since 17:00 yesterday nothing happened. Nothing needs you.");
    expect(isEmpty(brief())).toBe(true);
    expect(isEmpty(brief({ launched: { count: 1 } }))).toBe(false);
    expect(isEmpty(brief({}, { paused: 1 }))).toBe(false);
  });

  test("says what runs out within the hour, and paused runs", () => {
    const soon = brief({}, { waiting: { count: 1, first: MORNING + HOUR / 2 }, paused: 2 });
    expect(said(soon)).toContain(
      "1 decision waits for you, the first until 08:42. 2 paused runs wait for you.",
    );
    expect(said(brief({}, { paused: 1 }))).toContain("nothing happened. 1 paused run waits for you.");
  });

  test("of a security lead tells what protects, and nothing of who may not see it", () => {
    const guarded = {
      controls: { red: 1, all: 13 },
      findings: [
        { severity: "high" as const, count: 1, oldestAt: new Date(0) },
        { severity: "low" as const, count: 4, oldestAt: new Date(0) },
      ],
      access: [{ kind: "token.made", count: 2 }],
    };
    const told = brief(
      { denied: { count: 2, weight: 7 }, charters: { count: 1 }, failed: { count: 9 } },
      { view: "security", guarded },
    );
    expect(said(told)).toContain(
      ": 1 control is red, 7 connections denied in 2 runs, 5 findings open (1 high), 2 access changes and 1 version of charters written. Nothing needs you.",
    );
    const blind = brief({}, { view: "security", guarded: { controls: null, findings: [], access: null } });
    expect(isEmpty(blind)).toBe(true);
  });

  test("probe: a reason is a piece of its own, bounded, and never an address", () => {
    const hostile = `<a href="https://evil.example">click</a>\n${"x".repeat(500)}`;
    const parts = briefParts(brief({ failed: { count: 1, detail: hostile } }));
    const quoted = parts.filter(({ isQuoted }) => isQuoted);
    expect(quoted).toHaveLength(1);
    expect([...(quoted[0]?.text ?? "")].length).toBeLessThanOrEqual(120);
    expect(quoted[0]?.text).not.toContain("\n");
    expect(parts.every(({ href }) => href === undefined || /^\/|^#/.test(href))).toBe(true);
  });
});

describe("views", () => {
  const grant = (role: RoleGrant["role"], more: Partial<RoleGrant> = {}): RoleGrant => ({
    ...{ role, pilotId: null, ...more },
  });
  test.each<[RoleGrant[], HomeView[]]>([
    [[grant("engineering_lead")], ["engineering"]],
    [
      [grant("security_lead", { pilotId: "pil_1" }), grant("engineering_lead")],
      ["engineering", "security"],
    ],
    [[grant("reviewer"), grant("auditor")], ["overview"]],
    [[grant("administrator")], ["overview"]],
    [[grant("security_lead", { deputyOf: "per_away" })], ["overview"]],
    [[grant("security_lead", { permissions: [] })], ["overview"]],
    [[], ["overview"]],
  ])("of %j are %j", (grants, views) => {
    expect(viewsOf(grants)).toEqual(views);
  });

  test("are what was asked for, else what was kept, and never one that no role opens", () => {
    const both = [grant("engineering_lead"), grant("security_lead")];
    expect(viewFor(both, undefined, null)).toBe("engineering");
    expect(viewFor(both, undefined, "security")).toBe("security");
    expect(viewFor(both, "engineering", "security")).toBe("engineering");
    expect(viewFor([grant("viewer")], "security", "security")).toBe("overview");
  });
});
