// What happened outside, as programs and files tell of it. Five kinds of row, each known by its source and the id it has there.
import { z } from "zod";

export const ROW_KINDS = ["deployment", "incident", "outside_change", "outside_ci_run", "page_call"] as const;
export const RowKind = z.enum(ROW_KINDS);
export type RowKind = z.infer<typeof RowKind>;

/** How rows of a kind are called in addresses, and by people. */
export const KIND_PATHS = {
  deployment: "deployments",
  incident: "incidents",
  outside_change: "changes",
  outside_ci_run: "ci-runs",
  page_call: "page-calls",
} as const satisfies Record<RowKind, string>;
export const KIND_WORDS: Readonly<Record<RowKind, string>> = {
  deployment: "Deployments",
  incident: "Incidents",
  outside_change: "Pull requests by people",
  outside_ci_run: "CI runs on the default branch",
  page_call: "Calls of people on duty",
};

export const WAYS = ["api", "csv", "github", "github_call", "pagerduty_call"] as const;
export type Way = (typeof WAYS)[number];

/** One line of text, taken as it is. */
export const printable = (most: number) => {
  const right = `Write 1 to ${most} characters, none of them invisible or a line break.`;
  return z
    .string({ error: right })
    .min(1, right)
    .max(most, right)
    .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u, right);
};
const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: `Write one of: ${words.join(", ")}.` });

const INSTANT = "Write an instant with its offset, such as 2026-03-09T14:00:00Z.";
const instant = z.iso.datetime({ offset: true, error: INSTANT }).transform((text) => new Date(text));
const GIT = "Name the commit by its 40 hexadecimal digits.";
const sha = z
  .string({ error: GIT })
  .regex(/^[0-9a-fA-F]{40}$/, GIT)
  .transform((text) => text.toLowerCase());

const externalId = printable(200);
/** A repository that is connected here: its name, its id, or its address. */
const repository = printable(500);
/** The instant the row is about; the newest counts. Left out: the last instant that the row names. */
const asOf = instant.optional();

export const DEPLOYMENT_STATUSES = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];
export const SEVERITIES = ["critical", "high", "medium", "low", "unknown"] as const;
export const PAGE_ABOUTS = ["tests", "releases", "other"] as const;
export const CONCLUSIONS = ["success", "failure", "cancelled", "neutral"] as const;

export const ROWS = {
  deployment: z.strictObject({
    externalId,
    repository,
    environment: printable(100),
    /** Left out: by the environment's name. */
    production: z.boolean("Write true or false.").optional(),
    status: oneOf(DEPLOYMENT_STATUSES),
    headSha: sha,
    startedAt: instant,
    finishedAt: instant.optional(),
    /** External id of the deployment that this one takes back. */
    rollbackOf: externalId.optional(),
    asOf,
  }),
  incident: z.strictObject({
    externalId,
    service: printable(200),
    repository: repository.optional(),
    severity: oneOf(SEVERITIES),
    detectedAt: instant,
    restoredAt: instant.optional(),
    /** External id of the deployment that caused it, where that is known; and its source, where ids alone are not enough. */
    deployment: externalId.optional(),
    deploymentSource: printable(100).optional(),
    asOf,
  }),
  outside_change: z.strictObject({
    externalId,
    repository,
    /** Kept as a keyed hash alone. */
    author: printable(200).optional(),
    openedAt: instant,
    firstCommitAt: instant.optional(),
    mergedAt: instant.optional(),
    closedAt: instant.optional(),
    headSha: sha.optional(),
    mergeSha: sha.optional(),
    /** External id of the change that this one takes back. */
    reverts: externalId.optional(),
    asOf,
  }),
  outside_ci_run: z.strictObject({
    externalId,
    repository,
    workflow: printable(200),
    startedAt: instant,
    finishedAt: instant.optional(),
    conclusion: oneOf(CONCLUSIONS).optional(),
    headSha: sha,
    asOf,
  }),
  page_call: z.strictObject({
    externalId,
    service: printable(200),
    repository: repository.optional(),
    about: oneOf(PAGE_ABOUTS),
    calledAt: instant,
    /** External id of the incident of the same source. */
    incident: externalId.optional(),
    asOf,
  }),
} as const satisfies Record<RowKind, z.ZodType>;

export type Told<K extends RowKind> = z.output<(typeof ROWS)[K]>;

const SOURCE =
  "Name the source in lower-case letters, digits and . _ -, such as argo-cd, up to 60 characters.";
/** What tells of it. Those of forges and pagers hold a colon, so nothing else speaks in their name. */
export const SourceName = z.string({ error: SOURCE }).regex(/^[a-z0-9][a-z0-9._-]{0,59}$/, SOURCE);

interface Common {
  readonly externalId: string;
  readonly asOf: Date;
}

/** As they are kept, besides their own id, their source and the import that wrote them. */
export interface Kept {
  readonly deployment: Common & {
    readonly repositoryId: string;
    readonly environment: string;
    readonly production: boolean;
    readonly status: DeploymentStatus;
    readonly headSha: string;
    readonly startedAt: Date;
    readonly finishedAt: Date | null;
    readonly rollbackOf: string | null;
  };
  readonly incident: Common & {
    readonly service: string;
    readonly repositoryId: string | null;
    readonly severity: (typeof SEVERITIES)[number];
    readonly detectedAt: Date;
    readonly restoredAt: Date | null;
    readonly deploymentSource: string | null;
    readonly deploymentExternalId: string | null;
  };
  readonly outside_change: Common & {
    readonly repositoryId: string;
    readonly author: string | null;
    readonly openedAt: Date;
    readonly firstCommitAt: Date | null;
    readonly mergedAt: Date | null;
    readonly closedAt: Date | null;
    readonly headSha: string | null;
    readonly mergeSha: string | null;
    readonly reverts: string | null;
  };
  readonly outside_ci_run: Common & {
    readonly repositoryId: string;
    readonly workflow: string;
    readonly startedAt: Date;
    readonly finishedAt: Date | null;
    readonly conclusion: (typeof CONCLUSIONS)[number] | null;
    readonly headSha: string;
  };
  readonly page_call: Common & {
    readonly service: string;
    readonly repositoryId: string | null;
    readonly about: (typeof PAGE_ABOUTS)[number];
    readonly calledAt: Date;
    readonly incidentExternalId: string | null;
  };
}

/** What is wrong with one row, for whoever has to put it right. */
export interface RowFault {
  /** From 1. */
  readonly row: number;
  readonly field: string;
  readonly wrong: string;
  readonly right: string;
}
