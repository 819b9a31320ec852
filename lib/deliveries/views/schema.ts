// What the page of deliveries shows.
import { z } from "zod";
import type { ProposedBecause } from "../links/schema.ts";
import {
  DEPLOYMENT_STATUSES,
  type DeploymentStatus,
  RowKind,
  type SEVERITIES,
  type Way,
} from "../rows/schema.ts";

export const TABS = ["deployments", "incidents", "imports"] as const;
export type Tab = (typeof TABS)[number];

const optional = <S extends z.ZodType>(shape: S) => shape.optional().catch(undefined);
const word = optional(z.string().min(1).max(100));

/** Of the address; what is not understood there is left out. */
export const DeliveriesQuery = z.object({
  tab: optional(z.enum(TABS)),
  repositoryId: word,
  environment: word,
  status: optional(z.enum(DEPLOYMENT_STATUSES)),
  cause: optional(z.enum(["open", "linked", "none"])),
  kind: optional(RowKind),
  after: word,
});
export type DeliveriesQuery = z.infer<typeof DeliveriesQuery>;

export interface DeploymentView {
  readonly id: string;
  readonly source: string;
  readonly externalId: string;
  readonly repositoryId: string;
  readonly repositoryName: string;
  readonly environment: string;
  readonly production: boolean;
  readonly status: DeploymentStatus;
  readonly headSha: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly rollbackOf: string | null;
  /** Null where it was not looked at yet. */
  readonly contents: "found" | "not_here" | "failed" | null;
  /** Whether it was looked at so often without anything coming of it that it is not any more. */
  readonly contentsOver: boolean;
  readonly merges: readonly { readonly runId: string; readonly mergeId: string }[];
  /** By people. */
  readonly changes: number;
  readonly incidents: number;
  readonly importId: string;
}

export interface CauseView {
  readonly deploymentId: string;
  readonly label: string;
  readonly because: "person" | "id" | ProposedBecause;
}

export interface IncidentView {
  readonly id: string;
  readonly source: string;
  readonly externalId: string;
  readonly service: string;
  readonly repositoryId: string | null;
  readonly repositoryName: string | null;
  readonly severity: (typeof SEVERITIES)[number];
  readonly detectedAt: Date;
  readonly restoredAt: Date | null;
  /** What counts; null where nothing does. */
  readonly cause: CauseView | null;
  /** Somebody said that no deployment caused it. */
  readonly isNone: boolean;
  /** Counts only once a person confirms it. */
  readonly proposal: CauseView | null;
  /** The id it names itself, where it counts for nothing: none is known by it here, or several are. */
  readonly namesUnknown: string | null;
  /** What a person may choose from: deployments of its repository before it was detected. */
  readonly choices: readonly { readonly deploymentId: string; readonly label: string }[];
}

export interface ImportView {
  readonly id: string;
  readonly kind: RowKind;
  readonly way: Way;
  readonly source: string;
  readonly digest: string;
  readonly rowsNew: number;
  readonly rowsChanged: number;
  readonly rowsUnchanged: number;
  readonly rowsRefused: number;
  readonly recordedByName: string | null;
  readonly recordedAt: Date;
}

export interface Listed<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
  /** Whether there is anything at all, filters aside. */
  readonly isEmpty: boolean;
}
