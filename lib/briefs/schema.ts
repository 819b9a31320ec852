// What the home page and the daily digest say of the time since somebody was last there.
import { z } from "zod";
import type { Severity } from "../findings/schema.ts";

/** Whose home page: who leads engineering, who leads security, everybody else. */
export const HomeView = z.enum(["engineering", "security", "overview"]);
export type HomeView = z.infer<typeof HomeView>;

/** Since when: `work` is when the last working day ended. */
export const BriefSpan = z.enum(["work", "24", "72", "168"]);
export type BriefSpan = z.infer<typeof BriefSpan>;

/** What is counted from rows that can be listed. */
export const BriefCount = z.enum([
  "causes",
  "launched",
  "verified",
  "merged",
  "no_change",
  "failed",
  "spend",
  "denied",
  "charters",
]);
export type BriefCount = z.infer<typeof BriefCount>;

export const HomeQuery = z.object({
  view: HomeView.optional().catch(undefined),
  since: BriefSpan.catch("work"),
  /** The number whose rows are shown. */
  rows: BriefCount.optional().catch(undefined),
});
export type HomeQuery = z.infer<typeof HomeQuery>;

export const ChooseView = z.object({ view: HomeView });

export interface Counted {
  readonly count: number;
  /** Failing tests of causes, micro-dollars of spend, connections of denied; else the count. */
  readonly weight: number;
  /** Why, of the newest that says so, in somebody's own words. */
  readonly detail: string | null;
}

/** One row behind a number. */
export interface BriefRow {
  readonly id: string;
  readonly runId: string | null;
  readonly pilotId: string;
  /** In somebody's own words, as is `detail`. */
  readonly title: string;
  readonly detail: string | null;
  readonly weight: number;
  readonly at: Date;
}

export interface OpenFindings {
  readonly severity: Severity;
  readonly count: number;
  readonly oldestAt: Date;
}

/** A live run whose sandbox is weaker, or that connects elsewhere than to its model. */
export interface OddReach {
  readonly runId: string;
  readonly title: string;
  readonly isWeak: boolean;
  /** Hosts it was let through to, and connections it was denied. */
  readonly allowed: number;
  readonly denied: number;
}

/** The time a brief is about. */
export interface BriefSince {
  readonly span: BriefSpan;
  readonly at: number;
  /** In which its times are said. */
  readonly timeZone: string;
  /** It is when a working day ended; false where nobody's hours are known. */
  readonly isWorkEnd: boolean;
}

export interface Guarded {
  /** Null for who may not see controls. */
  readonly controls: { readonly red: number; readonly all: number } | null;
  readonly findings: readonly OpenFindings[];
  /** Null for who may not read the log of everything. */
  readonly access: { readonly kind: string; readonly count: number }[] | null;
}

export interface Brief {
  readonly view: HomeView;
  readonly since: BriefSince;
  readonly now: number;
  readonly counts: Readonly<Record<BriefCount, Counted>>;
  /** Decisions that wait for this person, and when the first runs out. */
  readonly waiting: { readonly count: number; readonly first: number | null };
  /** Runs of this person that are paused. */
  readonly paused: number;
  readonly guarded: Guarded;
}

/** A piece of the sentence; with an address it leads to what it counts. */
export interface BriefPart {
  readonly text: string;
  readonly href?: string;
  /** Somebody's own words: shown as text, cleaned where they leave. */
  readonly isQuoted?: true;
}
