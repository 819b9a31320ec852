// Reading the record.
import { PermissionDenied } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import { type Db, read } from "../db.ts";
import { notFound } from "../errors.ts";
import { sha256Hex } from "../protocol/signing.ts";
import type { Entry, EntryKind, Subject } from "../record/schema.ts";
import type { Scope } from "../scope.ts";
import { actorTerm, conditionsOf, PIECES, positionOf, rarest, readableEntry, readableLogs } from "./rules.ts";
import type {
  ActorView,
  EntryConditions,
  EntryDetailView,
  EntryFilter,
  EntryPage,
  EntryView,
} from "./schema.ts";
import {
  countKinds,
  countNumbered,
  countTerm,
  type EntryRow,
  findEntry,
  probeTerms,
  selectActorNames,
  selectAt,
  selectNewest,
  selectPilotsOf,
  selectSubjectNames,
  selectWaiting,
  walkTerms,
} from "./store.ts";

const MAX_PAGE = 200;
const COUNTED_UP_TO = 100_000;
const PROBED = 1000;
/** The notary is a second behind at most: what waits is among the newest. */
export const WAITING_SHOWN = 200;

/**
 * A page of entries, newest first. `after` is the `next` of the page before. A page of several conditions that seldom
 * meet ends where the work for one page is done, and says how far back that was.
 */
export async function listEntries(
  scope: Scope,
  {
    filter = {},
    after = null,
    limit = 50,
  }: { filter?: EntryFilter; after?: string | null; limit?: number } = {},
): Promise<EntryPage> {
  const conditions = conditionsOf(filter, requireReadable(scope));
  const place = after === null ? null : positionOf(after);
  if (after !== null && place === null) return { entries: [], next: null, lookedBackTo: null };
  const size = Math.min(Math.max(1, Math.trunc(limit)), MAX_PAGE);
  return read(scope, async (db) => {
    const { positions, next, lookedBackTo } = await pageOf(db, conditions, place, size);
    const entries = await viewsOf(db, await selectAt(db, positions));
    return { entries, next: next === null ? null : String(next), lookedBackTo };
  });
}

/** Entries the notary has not numbered, newest first: only for who reads the log of everything. */
export async function listWaiting(scope: Scope): Promise<EntryView[]> {
  if (requireReadable(scope) !== "all") return [];
  return read(scope, async (db) => viewsOf(db, await selectWaiting(db, WAITING_SHOWN)));
}

/** One entry with the bytes the log commits to. */
export async function getEntry(scope: Scope, entryId: string): Promise<EntryDetailView> {
  const visible = requireReadable(scope);
  return read(scope, async (db) => {
    const row = await findEntry(db, entryId);
    const pilots = row && visible !== "all" ? [...(await selectPilotsOf(db, row.about)).values()] : [];
    const mayRead = visible === "all" || pilots.some((pilot) => visible.includes(pilot));
    const [view] = row && mayRead ? await viewsOf(db, [row]) : [];
    if (!row || !view) throw notFound("entry");
    const { request = null, charter = null, before = null, after = null } = readableEntry(row.body) ?? {};
    const named = await selectSubjectNames(db, view.about);
    return {
      ...view,
      canonical: Buffer.from(row.body).toString("utf8"),
      sha256: sha256Hex(row.body),
      ...{ request, charter, before, after },
      names: Object.fromEntries(named.map(({ subject, name }) => [subject, name])),
    };
  });
}

/** How many entries the log holds. */
export async function countEntries(scope: Scope): Promise<number> {
  return read(scope, countNumbered);
}

/** Entries that name a subject, 100,000 at most. The caller has checked that the scope may see it. */
export async function countAbout(scope: Scope, subject: Subject): Promise<number> {
  return read(scope, (db) => countTerm(db, subject, null, COUNTED_UP_TO));
}

/** How often something was recorded since an instant, for who may read the log of everything; null for others. */
export async function countKindSince(scope: Scope, kind: EntryKind, since: Date): Promise<number | null> {
  if (requireReadable(scope) !== "all") return null;
  return read(scope, (db) => countTerm(db, `kind:${kind}`, since, COUNTED_UP_TO));
}

/** How often each kind was recorded since an instant, for who may read the log of everything; null for others. */
export async function countKindsIn(
  db: Db,
  grants: readonly RoleGrant[],
  kinds: readonly EntryKind[],
  since: Date,
): Promise<ReadonlyMap<string, number> | null> {
  if (readableLogs(grants) !== "all") return null;
  return countKinds(db, kinds, since, COUNTED_UP_TO);
}

/** Subject → the pilot it belongs to, of those that belong to one. */
export const pilotsOfSubjects = (db: Db, subjects: readonly string[]): Promise<Map<string, string>> =>
  selectPilotsOf(db, subjects);

function requireReadable(scope: Scope): "all" | readonly string[] {
  const visible = readableLogs(scope.grants);
  if (visible === "all" || visible.length > 0) return visible;
  throw new PermissionDenied("log.view", null);
}

interface Found {
  readonly positions: readonly number[];
  readonly next: number | null;
  readonly lookedBackTo: Date | null;
}

async function pageOf(
  db: Db,
  { groups, ...days }: EntryConditions,
  after: number | null,
  size: number,
): Promise<Found> {
  if (groups.length > 0) return walk(db, { groups, ...days }, after, size);
  const positions = await selectNewest(db, { ...days, after }, size + 1);
  const shown = positions.slice(0, size);
  return {
    positions: shown,
    next: positions.length > size ? (shown.at(-1) ?? null) : null,
    lookedBackTo: null,
  };
}

/** Walks the rarest group piece by piece and looks the others up. */
async function walk(
  db: Db,
  { groups, ...days }: EntryConditions,
  after: number | null,
  size: number,
): Promise<Found> {
  const driver = await driverOf(db, groups, { ...days, after });
  const others = groups.filter((group) => group !== driver);
  const found: number[] = [];
  let place = after;
  let lookedBackTo: Date | null = null;
  for (const piece of others.length === 0 ? [size + 1] : PIECES) {
    const walked = await walkTerms(db, driver, others, { ...days, after: place }, piece);
    for (const { position, fits } of walked) {
      if (!fits) continue;
      if (found.length === size) return { positions: found, next: found.at(-1) ?? null, lookedBackTo: null };
      found.push(position);
    }
    const last = walked.at(-1);
    if (!last || last.looked < piece) return { positions: found, next: null, lookedBackTo: null };
    place = last.position;
    lookedBackTo = last.at;
  }
  return { positions: found, next: place, lookedBackTo };
}

async function driverOf(
  db: Db,
  groups: EntryConditions["groups"],
  window: Parameters<typeof probeTerms>[2],
): Promise<readonly string[]> {
  const [only = []] = groups;
  if (groups.length === 1) return only;
  const densities = [];
  for (const group of groups) densities.push({ group, ...(await probeTerms(db, group, window, PROBED)) });
  return rarest(densities)?.group ?? only;
}

function actorView(actor: Entry["actor"], names: ReadonlyMap<string, string>): ActorView {
  const id = actorTerm(actor);
  return { kind: actor.kind, id, name: names.get(id) ?? id, roles: "roles" in actor ? actor.roles : [] };
}

async function viewsOf(db: Db, rows: readonly EntryRow[]): Promise<EntryView[]> {
  const read = rows.map((row) => ({ row, entry: readableEntry(row.body) }));
  const actors = read.flatMap(({ entry }) => (entry ? [actorTerm(entry.actor)] : []));
  const names = await selectActorNames(db, [...new Set(actors)]);
  return read.map(({ row: { body: _, ...row }, entry }) => ({
    ...row,
    kind: entry?.kind ?? row.kind,
    about: entry?.about ?? row.about,
    detail: entry?.detail ?? {},
    actor: entry ? actorView(entry.actor, names) : null,
  }));
}
