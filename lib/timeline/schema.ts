// A run as a reader follows it: steps with what happened in each, and marks of the control plane between them.
import type { EventKind, RunEvent } from "../protocol/events.ts";

export type Phase = "agent" | "verify";
export type StepOutcome = "working" | "done" | "failed" | "skipped" | "interrupted";

/** The body of one kind of event. */
export type BodyOf<Kind extends EventKind> = Extract<RunEvent, { kind: Kind }>["body"];

export interface CommandItem {
  readonly kind: "command";
  readonly seq: number;
  readonly at: string;
  readonly command: number;
  readonly argv: readonly string[];
  readonly tree: string;
  readonly purpose: string;
  /** What it printed, its end where it was too much to keep here. */
  readonly output: string;
  /** Characters cut off the beginning of `output`. */
  readonly cut: number;
  /** Null while it runs. */
  readonly finished: Omit<BodyOf<"command_finished">, "command"> | null;
  readonly tests: Omit<BodyOf<"tests_reported">, "command"> | null;
}

/** Kinds that are shown one to one. */
export type FactKind =
  | "note"
  | "cluster_found"
  | "culprit_found"
  | "cluster_repaired"
  | "cluster_given_up"
  | "file_changed"
  | "patch_proposed";
export type FactItem = {
  [K in FactKind]: { readonly kind: K; readonly seq: number; readonly at: string; readonly body: BodyOf<K> };
}[FactKind];

export type TimelineItem = CommandItem | FactItem;

export interface Step {
  readonly kind: "step";
  readonly seq: number;
  readonly attempt: number;
  readonly phase: Phase;
  /** As the runner counts, inside its attempt; 0 for what came before the first step. */
  readonly step: number;
  readonly title: string;
  readonly outcome: StepOutcome;
  readonly detail: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly observedBy: RunEvent["observedBy"];
  readonly items: readonly TimelineItem[];
}

export type MarkKind =
  | "attempt_started"
  | "attempt_ended"
  | "status_changed"
  | "patch_imported"
  | "evidence_recorded";
export type Mark = {
  [K in MarkKind]: {
    readonly kind: "mark";
    readonly what: K;
    readonly seq: number;
    readonly at: string;
    readonly attempt: number;
    readonly body: BodyOf<K>;
  };
}[MarkKind];

export interface Attempt {
  readonly attempt: number;
  readonly phase: Phase;
  readonly runner: string;
  readonly tier: "strong" | "weak";
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly endReason: string | null;
}

export interface Timeline {
  /** Number of the last event taken in; 0 for none. */
  readonly seq: number;
  /** Time of the last event. */
  readonly at: string | null;
  /** After the last change of it; null before the first. */
  readonly status: string | null;
  readonly statusReason: string | null;
  readonly attempts: readonly Attempt[];
  readonly entries: readonly (Step | Mark)[];
}
