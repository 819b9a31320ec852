// A run as a reader follows it: steps with what happened in each, and marks of the control plane between them.
import type { EventKind, ItemStatus, ItemType, RunEvent } from "../protocol/events.ts";

export type Phase = "agent" | "verify";
export type StepOutcome = "working" | "done" | "failed" | "skipped" | "interrupted";

/** The body of one kind of event. */
export type BodyOf<Kind extends EventKind> = Extract<RunEvent, { kind: Kind }>["body"];

export interface ChangedPaths {
  readonly paths: readonly string[];
  /** How many more there are than are named. */
  readonly more: number;
}

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
  /** Number of the agent's item that it is; null for a command of the harness. */
  readonly item: number | null;
  /** How the agent's program says that it went; null while it runs, and for the harness. */
  readonly status: ItemStatus | null;
  /** Id of the git tree that the checkout was afterwards. */
  readonly treeAfter: string | null;
  /** What is another than before it; null where nobody told. */
  readonly changed: ChangedPaths | null;
}

/** What was sent to the agent. */
export interface PromptItem extends BodyOfPrompt {
  readonly kind: "prompt";
  readonly seq: number;
  readonly at: string;
  /** The people's messages that it was, with when they took effect; one prompt may be several. */
  readonly messages: readonly BodyOf<"message_delivered">[];
}
type BodyOfPrompt = Omit<BodyOf<"prompt_sent">, "part">;

/** What the agent said, thought or changed. */
export interface AgentItem {
  readonly kind: "item";
  readonly seq: number;
  readonly at: string;
  readonly item: number;
  readonly type: ItemType;
  readonly title: string;
  /** Its text so far, its end where it was too much to keep here. */
  readonly output: string;
  readonly cut: number;
  /** Null while it is open. */
  readonly status: ItemStatus | null;
  readonly exit: number | null;
  readonly treeAfter: string | null;
  /** What is another than before it; null where nobody told. */
  readonly changed: ChangedPaths | null;
}

/** One call of a model, as the gateway saw it. */
export interface CallItem extends BodyOfCall {
  readonly kind: "call";
  readonly seq: number;
  readonly at: string;
  /** Null while it is under way. */
  readonly answered: Omit<BodyOf<"model_answered">, "call"> | null;
}
type BodyOfCall = BodyOf<"model_called">;

/** Kinds that are shown one to one. */
export type FactKind =
  | "note"
  | "cluster_found"
  | "culprit_found"
  | "cluster_repaired"
  | "cluster_given_up"
  | "file_changed"
  | "patch_proposed"
  | "egress"
  | "setup_done"
  | "artefact_handed_in"
  | "artefact_refused"
  | "session_bound"
  | "usage_reported"
  | "relay_refused"
  | "assumption_checked";
export type FactItem = {
  [K in FactKind]: { readonly kind: K; readonly seq: number; readonly at: string; readonly body: BodyOf<K> };
}[FactKind];

/** A message that stands for itself: it never reached the agent, or nothing says with which words it did. */
export interface MessageItem {
  readonly kind: "message";
  readonly seq: number;
  readonly at: string;
  readonly message: string;
  /** Null where it did not reach the agent; then there is a reason. */
  readonly effect: BodyOf<"message_delivered">["effect"] | null;
  readonly reason: string | null;
}

/** The agent wanted to do something that needs a word. */
export interface AskItem {
  readonly kind: "ask";
  readonly seq: number;
  readonly at: string;
  readonly attempt: number;
  /** As the runner counts, inside its attempt. */
  readonly ask: number;
  /** Null where the charter settled it and nobody was asked. */
  readonly question: Omit<BodyOf<"ask_opened">, "ask"> | null;
  /** Null while it is open. */
  readonly settled: {
    readonly decision: BodyOf<"ask_settled">["decision"];
    readonly by: BodyOf<"ask_settled">["by"];
    readonly rule: string | null;
    readonly at: string;
  } | null;
}

export interface SnapshotItem extends BodyOfSnapshot {
  readonly kind: "snapshot";
  readonly seq: number;
  readonly at: string;
  readonly attempt: number;
}
type BodyOfSnapshot = BodyOf<"snapshot_taken">;

export type TimelineItem =
  | CommandItem
  | PromptItem
  | AgentItem
  | CallItem
  | MessageItem
  | AskItem
  | SnapshotItem
  | FactItem;

export interface Step {
  readonly kind: "step";
  readonly seq: number;
  readonly attempt: number;
  readonly phase: Phase;
  /** As the runner counts, inside its attempt; 0 for what came before the first step. */
  readonly step: number;
  /** Number of the agent's turn that it is; null for a step of the runner. */
  readonly turn: number | null;
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
