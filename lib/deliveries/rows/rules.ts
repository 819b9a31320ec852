// Which word about a row counts, and what is wrong with what was told. Pure.
import { HOUR } from "../../clock.ts";
import type { Kept, RowKind, Told } from "./schema.ts";

const FINISHED = ["succeeded", "failed", "cancelled"] as const;
export const isFinished = (status: string): boolean => FINISHED.some((each) => each === status);

/** Of two words about one instant the one that is further along counts. */
const DEPLOYMENT_ORDER = ["queued", "running", "cancelled", "succeeded", "failed"];

type Place = readonly number[];
const PLACES: { readonly [K in RowKind]: (row: Kept[K]) => Place } = {
  // What finished is not unfinished again by a word that is late, or about another attempt: the last finished counts.
  deployment: ({ status, asOf }) => [
    isFinished(status) ? 1 : 0,
    asOf.getTime(),
    DEPLOYMENT_ORDER.indexOf(status),
  ],
  incident: ({ restoredAt, asOf }) => [asOf.getTime(), restoredAt ? 1 : 0],
  outside_change: ({ mergedAt, closedAt, asOf }) => [asOf.getTime(), mergedAt ? 2 : closedAt ? 1 : 0],
  outside_ci_run: ({ finishedAt, asOf }) => [finishedAt ? 1 : 0, asOf.getTime()],
  page_call: ({ asOf }) => [asOf.getTime()],
};

/** Above 0 where `a` is the newer word about the same thing, whichever came first; 0 where both are about one instant. */
export function compareWords<K extends RowKind>(kind: K, a: Kept[K], b: Kept[K]): number {
  const others = PLACES[kind](b);
  for (const [at, place] of PLACES[kind](a).entries()) {
    const difference = place - (others[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const plain = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value);

export function isSameRow<K extends RowKind>(a: Kept[K], b: Kept[K]): boolean {
  const left: Readonly<Record<string, unknown>> = { ...a };
  const right: Readonly<Record<string, unknown>> = { ...b };
  return Object.keys(left).every((name) => plain(left[name]) === plain(right[name]));
}

/** What is kept of both. A word about the same instant that says otherwise is a correction: the later one to come counts. */
export function settled<K extends RowKind>(kind: K, known: Kept[K] | undefined, told: Kept[K]): Kept[K] {
  if (known === undefined) return told;
  return compareWords(kind, told, known) >= 0 && !isSameRow(known, told) ? told : known;
}

const PRODUCTION = /^(prod|production|live)$/i;
export const isProduction = (environment: string): boolean => PRODUCTION.test(environment);

interface Fault {
  readonly field: string;
  readonly wrong: string;
  readonly right: string;
}

/** Clocks elsewhere are not ours. */
const AHEAD = HOUR;
export const EARLIEST = Date.UTC(2000, 0, 1);
const written = (at: Date): string => at.toISOString();

function instantFaults(told: Readonly<Record<string, unknown>>, now: number): Fault[] {
  return Object.entries(told).flatMap(([field, at]) => {
    if (!(at instanceof Date)) return [];
    if (at.getTime() > now + AHEAD)
      return [
        {
          field,
          wrong: `${written(at)} has not come yet`,
          right: "Write an instant that is over. Check the offset: Z means UTC.",
        },
      ];
    if (at.getTime() < EARLIEST)
      return [{ field, wrong: `${written(at)} is too long ago`, right: "Write an instant from 2000 on." }];
    return [];
  });
}

function order(
  told: Readonly<Record<string, unknown>>,
  first: string,
  then: string,
  words: readonly [string, string],
): Fault[] {
  const [a, b] = [told[first], told[then]];
  if (!(a instanceof Date) || !(b instanceof Date) || b >= a) return [];
  return [
    {
      field: then,
      wrong: `${written(b)} is before ${words[0]}, ${written(a)}`,
      right: `Write when it ${words[1]}, no earlier than ${words[0]}.`,
    },
  ];
}

function needs(isFaulty: boolean, field: string, wrong: string, right: string): Fault[] {
  return isFaulty ? [{ field, wrong, right }] : [];
}

const OWN_FAULTS: { readonly [K in RowKind]: (told: Told<K>) => Fault[] } = {
  deployment: (told) => [
    ...order(told, "startedAt", "finishedAt", ["the start", "finished"]),
    ...needs(
      isFinished(told.status) && told.finishedAt === undefined,
      "finishedAt",
      `It is missing, and the status is ${told.status}`,
      "Write when it finished.",
    ),
    ...needs(
      !isFinished(told.status) && told.finishedAt !== undefined,
      "finishedAt",
      `It is given, and the status is ${told.status}`,
      `Leave it out, or say how it finished: ${FINISHED.join(", ")}.`,
    ),
    ...needs(
      told.rollbackOf === told.externalId,
      "rollbackOf",
      "It names the deployment itself",
      "Name the deployment that it takes back, or leave it out.",
    ),
  ],
  incident: (told) => [
    ...order(told, "detectedAt", "restoredAt", ["its detection", "was restored"]),
    ...needs(
      told.deploymentSource !== undefined && told.deployment === undefined,
      "deploymentSource",
      "It is given without a deployment",
      "Name the deployment too, or leave both out.",
    ),
  ],
  outside_change: (told) => [
    ...order(told, "openedAt", "mergedAt", ["its opening", "was merged"]),
    ...order(told, "openedAt", "closedAt", ["its opening", "was closed"]),
    ...order(told, "firstCommitAt", "mergedAt", ["its first commit", "was merged"]),
    ...needs(
      told.mergedAt !== undefined && told.mergeSha === undefined && told.headSha === undefined,
      "mergeSha",
      "It is missing, and the change is merged",
      "Name the commit that the merge made on the branch.",
    ),
    ...needs(
      told.reverts === told.externalId,
      "reverts",
      "It names the change itself",
      "Name the change that it takes back, or leave it out.",
    ),
  ],
  outside_ci_run: (told) => [
    ...order(told, "startedAt", "finishedAt", ["the start", "finished"]),
    ...needs(
      (told.finishedAt === undefined) !== (told.conclusion === undefined),
      told.conclusion === undefined ? "conclusion" : "finishedAt",
      "One of finished and conclusion is given without the other",
      "Write both once it is over, and neither before.",
    ),
  ],
  page_call: () => [],
};

/** What no single field shows. */
export const faultsOf = <K extends RowKind>(kind: K, told: Told<K>, now: number): Fault[] => [
  ...instantFaults(told, now),
  ...OWN_FAULTS[kind](told),
];

/** Whether a row, by whatever way it came, can be at all: its instants, each by itself. */
export const canBe = (kept: Kept[RowKind], now: number): boolean =>
  instantFaults({ ...kept }, now).length === 0;

export interface Places {
  /** Null where the row names none. */
  readonly repositoryId: string | null;
  /** Keyed hash; null where nobody is named. */
  readonly author: string | null;
}

type Keeping = { readonly [K in RowKind]: (told: Told<K>, places: Places) => Kept[K] };

/** The column is `not null`, and the row was refused before where it names no repository. */
const required = (repositoryId: string | null): string => {
  if (repositoryId === null) throw new Error("a row without its repository is not kept");
  return repositoryId;
};

const KEEPING: Keeping = {
  deployment: ({ repository: _, production, finishedAt, rollbackOf, asOf, ...told }, { repositoryId }) => ({
    ...told,
    repositoryId: required(repositoryId),
    production: production ?? isProduction(told.environment),
    finishedAt: finishedAt ?? null,
    rollbackOf: rollbackOf ?? null,
    asOf: asOf ?? finishedAt ?? told.startedAt,
  }),
  incident: (
    { repository: _, restoredAt, deployment, deploymentSource, asOf, ...told },
    { repositoryId },
  ) => ({
    ...told,
    repositoryId,
    restoredAt: restoredAt ?? null,
    deploymentExternalId: deployment ?? null,
    deploymentSource: deploymentSource ?? null,
    asOf: asOf ?? restoredAt ?? told.detectedAt,
  }),
  outside_change: (told, { repositoryId, author }) => ({
    externalId: told.externalId,
    repositoryId: required(repositoryId),
    author,
    openedAt: told.openedAt,
    firstCommitAt: told.firstCommitAt ?? null,
    mergedAt: told.mergedAt ?? null,
    closedAt: told.closedAt ?? told.mergedAt ?? null,
    headSha: told.headSha ?? null,
    mergeSha: told.mergeSha ?? null,
    reverts: told.reverts ?? null,
    asOf: told.asOf ?? told.mergedAt ?? told.closedAt ?? told.openedAt,
  }),
  outside_ci_run: ({ repository: _, finishedAt, conclusion, asOf, ...told }, { repositoryId }) => ({
    ...told,
    repositoryId: required(repositoryId),
    finishedAt: finishedAt ?? null,
    conclusion: conclusion ?? null,
    asOf: asOf ?? finishedAt ?? told.startedAt,
  }),
  page_call: ({ repository: _, incident, asOf, ...told }, { repositoryId }) => ({
    ...told,
    repositoryId,
    incidentExternalId: incident ?? null,
    asOf: asOf ?? told.calledAt,
  }),
};

export const keptOf = <K extends RowKind>(kind: K, told: Told<K>, places: Places): Kept[K] =>
  KEEPING[kind](told, places);
