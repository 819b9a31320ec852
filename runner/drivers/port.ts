// A driver speaks to one kind of agent program. It works through the sandbox alone and tells what it does
// as events; what it claims is checked by somebody else.
import type { Clock } from "#lib/clock.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { AgentAssignment, ModelApi, Summary } from "#lib/protocol/schema.ts";
import type { InboxItem } from "#lib/protocol/steering.ts";
import type { AgentProgram, KeptSession } from "./session/port.ts";

export interface Workspace {
  /** Host path of a bare repository holding the base's history; mount it read-only. Made inside the sandbox from the plane's bundle. */
  readonly repository: string;
  /** Host directory for files that cross sandboxes (bundles); private to this lease. */
  readonly scratch: string;
  /** What setup left, host path → path inside: mount it read-only wherever the base's tree is. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Numbers the commands of this attempt; setup's was the first. */
  readonly nextCommand?: () => number;
}

/** How an agent reaches its model. The token that makes it work stays outside the sandbox. */
export interface ModelAccess {
  readonly model: string;
  readonly api: ModelApi;
  /** Tokens of history above which a program that leaves it to us sums it up; null where nobody said. */
  readonly historyTokens: number | null;
  /** For the agent's configuration: the relay as the sandbox sees it, up to and including /v1. */
  readonly baseUrl: string;
  /** What the agent presents as its key. Worth nothing outside. */
  readonly key: string;
  /** Starts the program beside a checkout of the base or of a snapshot, with the relay's listener inside. */
  session(program: AgentProgram, choices?: SessionChoices): Promise<KeptSession>;
  /** What people and the control plane say meanwhile, in order; ends with the lease. To be read once. */
  readonly inbox: AsyncIterable<InboxItem>;
  /** Answers of the model so far, as they went through the relay: what a charter calls turns. */
  answers(): number;
  /** What calls may still cost, millionths of a dollar, as the control plane said last; null where it did not. */
  microsLeft(): number | null;
  /** Until the lease is ended. */
  secondsLeft(): number;
  /** Aborts when there is time left for handing in and nothing else. */
  readonly nearlyOver: AbortSignal;
  /** The snapshot that the assignment's `resume` speaks of, as a host file; null where that says nothing. */
  readonly resumed: string | null;
  /** Hands a snapshot in; resolves with the id of its blob. */
  upload(file: string): Promise<string>;
}

export interface SessionChoices {
  /** Folders inside that a snapshot keeps besides the tree. */
  readonly keeps?: readonly string[];
  /** A snapshot to begin with, as a host file that everybody may read. */
  readonly restore?: string | null;
  /** What the program writes to stderr, as it comes. */
  readonly onComplaint?: (text: string) => void;
}

export interface DriverContext {
  /** Without the grant of the model: no driver needs its token. */
  readonly assignment: Omit<AgentAssignment, "model">;
  readonly workspace: Workspace;
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  /** Null for an agent without a model. */
  readonly model: ModelAccess | null;
  /** Aborts when the lease is over or cancelled; the reason says why. */
  readonly signal: AbortSignal;
  /** Queues an event in order. Resolves at once unless the spool is full. */
  emit(event: NewEvent): Promise<void>;
  /** Hands a file in beside the patch, under its path in the checkout; resolves with the artefact's id. */
  handInArtefact(file: string, path: string): Promise<string>;
  /** Called once, when preparation is over and the base has been tested: the run goes `preparing` → `working`. */
  prepared(): Promise<void>;
}

export type DriverResult =
  /** `bundle` is a host file: one ref `refs/heads/patch`, prerequisite = the base commit only. */
  | { readonly outcome: "patch"; readonly bundle: string; readonly summary: Summary }
  | { readonly outcome: "no_change"; readonly summary: Summary }
  /** The run is left as its last snapshot has it; another lease goes on from there. */
  | { readonly outcome: "parked"; readonly why: "pause" | "ask" }
  | { readonly outcome: "failed"; readonly reason: string };

/** What the driver can do as it is built, not what its program could. */
export interface DriverCapabilities {
  /** When a message sent during a turn takes effect. */
  readonly steer: "preempt" | "tool_boundary" | "after_turn" | "none";
  /** Whether it asks before a command or a change and waits for the answer. */
  readonly approvals: boolean;
  /** Whether a session can go on in another process after a crash. */
  readonly resume: boolean;
  /** Whether a turn can be ended without ending the session. */
  readonly interrupt: boolean;
  /** Whether text comes in while it is written. */
  readonly deltas: boolean;
}

export interface AgentDriver {
  readonly name: string;
  readonly caps: DriverCapabilities;
  run(context: DriverContext): Promise<DriverResult>;
}
