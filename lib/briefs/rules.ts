// The brief as sentences whose numbers lead to the rows they count, and since when it tells. Pure.
import { permissionsOf } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import { DAY, HOUR } from "../clock.ts";
import { closedAt } from "../hours/rules.ts";
import type { WorkingHours } from "../hours/schema.ts";
import { dayIn } from "../pilots/rules.ts";
import type { Brief, BriefCount, BriefPart, BriefSince, BriefSpan, HomeView } from "./schema.ts";

/** The views somebody's roles open; the first is theirs until they choose. */
export function viewsOf(grants: readonly RoleGrant[]): readonly HomeView[] {
  const holds = (role: string) =>
    grants.some((grant) => grant.role === role && permissionsOf(grant).length > 0 && !grant.deputyOf);
  const views: HomeView[] = [];
  if (holds("engineering_lead")) views.push("engineering");
  if (holds("security_lead")) views.push("security");
  return views.length > 0 ? views : ["overview"];
}

/** What was asked for, else what was kept, where the roles open it. */
export const viewFor = (
  grants: readonly RoleGrant[],
  asked: HomeView | undefined,
  kept: HomeView | null,
): HomeView => {
  const views = viewsOf(grants);
  return [asked, kept].find((view) => view != null && views.includes(view)) ?? views[0] ?? "overview";
};

/** Work that ended further back says nothing of a morning. */
const OLDEST = 14 * DAY;

/**
 * The last end of a working day of all pilots somebody sees: the earliest of them, so that nothing falls between. Where no
 * pilot names its hours, a day.
 */
export function sinceOf(span: BriefSpan, hours: readonly WorkingHours[], now: number): BriefSince {
  const timeZone = hours[0]?.timeZone ?? "UTC";
  if (span !== "work") return { span, timeZone, at: now - Number(span) * HOUR, isWorkEnd: false };
  const ends = hours.flatMap((each) => closedAt(each, now) ?? []).filter((at) => at > now - OLDEST);
  if (ends.length === 0) return { span, timeZone, at: now - DAY, isWorkEnd: false };
  return { span, timeZone, at: Math.min(...ends), isWorkEnd: true };
}

const clockIn = (timeZone: string, at: number): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
    at,
  );
const nameOfDay = (timeZone: string, at: number): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "long" }).format(at);
const dateIn = (timeZone: string, at: number): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone, day: "numeric", month: "long" }).format(at);

const days = (timeZone: string, from: number, to: number): number =>
  Math.round((Date.parse(dayIn(timeZone, to)) - Date.parse(dayIn(timeZone, from))) / DAY);

/** "17:00 yesterday", "17:00 on Friday", "10:00", "09:00 tomorrow". */
export function momentWords(timeZone: string, at: number, now: number): string {
  const clock = clockIn(timeZone, at);
  const away = days(timeZone, now, at);
  if (away === 0) return clock;
  if (away === -1) return `${clock} yesterday`;
  if (away === 1) return `${clock} tomorrow`;
  return `${clock} on ${Math.abs(away) < 7 ? nameOfDay(timeZone, at) : dateIn(timeZone, at)}`;
}

export function sinceWords({ span, at, timeZone, isWorkEnd }: BriefSince, now: number): string {
  if (isWorkEnd) return `Since ${momentWords(timeZone, at, now)}`;
  return span === "72" || span === "168" ? `In the last ${Number(span) / 24} days` : "In the last 24 hours";
}

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
const dollars = (micros: number): string =>
  (micros / 1e6).toLocaleString("en-US", { style: "currency", currency: "USD" });
/** So much of a reason stands in a sentence. */
const QUOTED = 120;
const quoted = (text: string): string => {
  const characters = [...text.replaceAll(/\s+/g, " ").trim()];
  return characters.length <= QUOTED ? characters.join("") : `${characters.slice(0, QUOTED - 1).join("")}…`;
};

/** The home page with the rows behind a number. */
export const rowsHref = (
  { view, since: { span } }: Pick<Brief, "view" | "since">,
  rows: BriefCount,
): string => `/?view=${view}&since=${span}&rows=${rows}#rows`;

/** Joined as people do: "a, b and c". */
const joined = (clauses: readonly BriefPart[][]): BriefPart[] =>
  clauses.flatMap((clause, index) => {
    if (index === 0) return clause;
    return [{ text: index === clauses.length - 1 ? " and " : ", " }, ...clause];
  });

function because(detail: string | null): BriefPart[] {
  if (detail === null || detail.trim() === "") return [];
  return [{ text: " because “" }, { text: quoted(detail), isQuoted: true }, { text: "”" }];
}

function workClauses(brief: Brief): BriefPart[][] {
  const { counts } = brief;
  const link = (kind: BriefCount, text: string): BriefPart => ({ text, href: rowsHref(brief, kind) });
  const clauses: BriefPart[][] = [];
  const { causes, launched, verified, merged, no_change: unchanged, failed, spend } = counts;
  if (causes.count > 0)
    clauses.push([link("causes", `${plural(causes.weight, "failure")} → ${plural(causes.count, "cause")}`)]);
  if (launched.count > 0)
    clauses.push([link("launched", plural(launched.count, "run")), { text: " launched" }]);
  if (verified.count > 0)
    clauses.push([link("verified", plural(verified.count, "patch", "patches")), { text: " verified" }]);
  if (merged.count > 0) clauses.push([link("merged", `${merged.count}`), { text: " merged" }]);
  if (unchanged.count > 0)
    clauses.push([
      link("no_change", `${unchanged.count}`),
      { text: " given up" },
      ...because(unchanged.detail),
    ]);
  if (failed.count > 0)
    clauses.push([link("failed", `${failed.count}`), { text: " broken" }, ...because(failed.detail)]);
  if (spend.weight > 0) clauses.push([link("spend", dollars(spend.weight)), { text: " spent on models" }]);
  return clauses;
}

const SEVERITIES = ["critical", "high", "medium", "low"] as const;

function guardClauses(brief: Brief): BriefPart[][] {
  const { counts, guarded } = brief;
  const clauses: BriefPart[][] = [];
  const { controls, findings, access } = guarded;
  if (controls && controls.red > 0)
    clauses.push([
      { text: plural(controls.red, "control"), href: "/controls" },
      { text: controls.red === 1 ? " is red" : " are red" },
    ]);
  if (counts.denied.count > 0)
    clauses.push([
      { text: plural(counts.denied.weight, "connection"), href: rowsHref(brief, "denied") },
      { text: ` denied in ${plural(counts.denied.count, "run")}` },
    ]);
  const open = findings.reduce((sum, { count }) => sum + count, 0);
  const [worst] = SEVERITIES.flatMap((severity) => findings.filter((each) => each.severity === severity));
  if (worst)
    clauses.push([
      { text: plural(open, "finding"), href: "/findings" },
      { text: " open (" },
      { text: `${worst.count} ${worst.severity}`, href: `/findings?severity=${worst.severity}` },
      { text: ")" },
    ]);
  const changes = (access ?? []).reduce((sum, { count }) => sum + count, 0);
  if (changes > 0) clauses.push([{ text: plural(changes, "access change"), href: "#access" }]);
  if (counts.charters.count > 0)
    clauses.push([
      { text: plural(counts.charters.count, "version"), href: rowsHref(brief, "charters") },
      { text: " of charters written" },
    ]);
  return clauses;
}

/** Nothing happened that the view tells of, and nothing waits. */
export const isEmpty = (brief: Brief): boolean =>
  clausesOf(brief).length === 0 && brief.waiting.count === 0 && brief.paused === 0;

const clausesOf = (brief: Brief): BriefPart[][] =>
  brief.view === "security" ? guardClauses(brief) : workClauses(brief);

/** Only what rows say; a quiet time says so. */
export function briefParts(brief: Brief): BriefPart[] {
  const clauses = clausesOf(brief);
  const start = sinceWords(brief.since, brief.now);
  const told: BriefPart[] =
    clauses.length > 0
      ? [{ text: `${start}: ` }, ...joined(clauses), { text: ". " }]
      : [{ text: `${start} nothing happened. ` }];
  return [...told, ...ending(brief)];
}

/** One that runs out so soon is no matter for later. */
const AT_ONCE = HOUR;

function ending({ waiting: { count, first }, paused, since, now }: Brief): BriefPart[] {
  const href = "/inbox?show=mine";
  const runs: BriefPart[] =
    paused > 0
      ? [
          { text: " " },
          { text: plural(paused, "paused run"), href },
          { text: paused === 1 ? " waits for you." : " wait for you." },
        ]
      : [];
  if (count === 0 || first === null) return paused > 0 ? runs.slice(1) : [{ text: "Nothing needs you." }];
  const decisions = { text: plural(count, "decision"), href };
  const until = momentWords(since.timeZone, first, now);
  if (first - now <= AT_ONCE)
    return [
      decisions,
      { text: ` ${count === 1 ? "waits" : "wait"} for you, the first until ${until}.` },
      ...runs,
    ];
  return [
    { text: `Nothing needs you before ${until}, when the first of ` },
    decisions,
    { text: " runs out." },
    ...runs,
  ];
}
