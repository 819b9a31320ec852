// The brief of whoever looks, from what their grants show them; the digest reads the same for somebody who is not there.
import { visiblePilots } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import { countRedIn } from "../controls/service.ts";
import { type Db, read, transaction } from "../db.ts";
import { refused } from "../errors.ts";
import { waitingForPerson } from "../gates/service.ts";
import type { WorkingHours } from "../hours/schema.ts";
import { countKindsIn } from "../log/service.ts";
import { parseCharter } from "../pilots/canonical.ts";
import { workingHoursOf } from "../pilots/rules.ts";
import type { EntryKind } from "../record/schema.ts";
import { actorId, type Scope } from "../scope.ts";
import { sinceOf, viewFor, viewsOf } from "./rules.ts";
import {
  type Brief,
  BriefCount,
  type BriefRow,
  type BriefSince,
  type BriefSpan,
  type Counted,
  type Guarded,
  type HomeView,
  type OddReach,
} from "./schema.ts";
import {
  type BriefWindow,
  countPaused,
  findHomeView,
  saveHomeView,
  selectCounts,
  selectOddReach,
  selectOpenFindings,
  selectRows,
  selectRunning,
} from "./store.ts";

/** What changes who may do what. */
export const ACCESS_KINDS = [
  "person.created",
  "person.role_granted",
  "person.role_revoked",
  "person.deactivated",
  "person.reactivated",
  "person.service_made",
  "person.service_owner_changed",
  "person.emergency_signed_in",
  "person.totp_removed",
  "role.created",
  "role.changed",
  "role.retired",
  "group.created",
  "group.removed",
  "group.member_added",
  "group.member_removed",
  "group.role_granted",
  "group.role_revoked",
  "deputy.named",
  "deputy.ended",
  "passkey.enrolled",
  "passkey.confirmed",
  "passkey.removed",
  "token.made",
  "token.revoked",
] as const satisfies readonly EntryKind[];

/** Whose brief it is, with what they hold now. */
export interface Reader {
  readonly personId: string;
  readonly grants: readonly RoleGrant[];
  readonly now: number;
}

const readerOf = (scope: Scope): Reader => ({
  ...{ personId: actorId(scope.actor), grants: scope.grants, now: scope.clock.now() },
});

/** Charters name the same column of pilots that a run's row does. */
const windowOf = (kind: BriefCount, grants: readonly RoleGrant[], since: number): BriefWindow => ({
  pilots: visiblePilots(grants, kind === "charters" ? "pilot.view" : "run.view"),
  since: new Date(since),
});

const NOTHING: Counted = { count: 0, weight: 0, detail: null };
const [CHARTERS, OF_RUNS] = [
  BriefCount.options.filter((kind) => kind === "charters"),
  BriefCount.options.filter((kind) => kind !== "charters"),
];

async function countsIn(
  db: Db,
  { grants }: Reader,
  since: number,
): Promise<Readonly<Record<BriefCount, Counted>>> {
  const found = [
    ...(await selectCounts(db, OF_RUNS, windowOf("launched", grants, since))),
    ...(await selectCounts(db, CHARTERS, windowOf("charters", grants, since))),
  ];
  const of = (kind: BriefCount): Counted => found.find((each) => each.kind === kind) ?? NOTHING;
  return Object.fromEntries(BriefCount.options.map((kind) => [kind, of(kind)])) as Record<
    BriefCount,
    Counted
  >;
}

async function guardedIn(db: Db, { grants, now }: Reader, since: number): Promise<Guarded> {
  const access = await countKindsIn(db, grants, ACCESS_KINDS, new Date(since));
  return {
    controls: await countRedIn(db, grants, now),
    findings: await selectOpenFindings(db, visiblePilots(grants, "finding.view")),
    access: access && [...access].map(([kind, count]) => ({ kind, count })),
  };
}

/** Pilots whose hours say when a working day ended. */
const MOST_PILOTS = 50;

async function hoursIn(db: Db, grants: readonly RoleGrant[]): Promise<WorkingHours[]> {
  const running = await selectRunning(db, visiblePilots(grants), MOST_PILOTS);
  return running.map(({ timeZone, canonical }) => workingHoursOf(parseCharter(canonical), timeZone));
}

/** The zone of the youngest pilot that somebody sees and that goes on. */
export const zoneIn = async (db: Db, grants: readonly RoleGrant[]): Promise<string> =>
  (await selectRunning(db, visiblePilots(grants), 1))[0]?.timeZone ?? "UTC";

/** Since when somebody is told, by the hours of the pilots they see. */
export const sinceIn = async (db: Db, { grants, now }: Reader, span: BriefSpan): Promise<BriefSince> =>
  sinceOf(span, await hoursIn(db, grants), now);

export async function readBriefIn(db: Db, reader: Reader, view: HomeView, since: BriefSince): Promise<Brief> {
  const { personId, grants, now } = reader;
  const { count, first } = await waitingForPerson(db, personId, grants, new Date(now));
  return {
    ...{ view, since, now, counts: await countsIn(db, reader, since.at) },
    waiting: { count, first: first?.getTime() ?? null },
    paused: await countPaused(db, personId, visiblePilots(grants, "run.view")),
    guarded: await guardedIn(db, reader, since.at),
  };
}

export interface HomeBrief {
  readonly brief: Brief;
  readonly views: readonly HomeView[];
}

/** Of whoever looks: in the view they ask for, else in the one they looked at last. */
export async function getBrief(
  scope: Scope,
  { view, since: span }: { readonly view?: HomeView | undefined; readonly since: BriefSpan },
): Promise<HomeBrief> {
  const reader = readerOf(scope);
  return read(scope, async (db) => {
    const kept = await findHomeView(db, reader.personId);
    const since = await sinceIn(db, reader, span);
    const brief = await readBriefIn(db, reader, viewFor(scope.grants, view, kept), since);
    return { brief, views: viewsOf(scope.grants) };
  });
}

const MOST_ROWS = 200;

/** The rows that a number of the brief counts, the newest first. */
export async function listBriefRows(scope: Scope, kind: BriefCount, since: BriefSince): Promise<BriefRow[]> {
  const window = windowOf(kind, scope.grants, since.at);
  return read(scope, (db) => selectRows(db, kind, window, MOST_ROWS));
}

/** Live runs that reach further than a strong sandbox without a network would. */
export const listOddReach = (scope: Scope): Promise<OddReach[]> =>
  read(scope, (db) => selectOddReach(db, visiblePilots(scope.grants, "run.view"), MOST_ROWS));

/** Which of their views somebody comes back to. */
export async function chooseView(scope: Scope, view: HomeView): Promise<void> {
  if (!viewsOf(scope.grants).includes(view)) throw refused("Your roles do not open this view.");
  await transaction(scope, ({ db }) => saveHomeView(db, actorId(scope.actor), view));
}
