// A driver speaks to one kind of agent program. It works through the sandbox alone and tells what it does
// as events; what it claims is checked by somebody else.
import type { Clock } from "#lib/clock.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { AgentAssignment, Summary } from "#lib/protocol/schema.ts";

export interface Workspace {
  /** Host path of a bare repository holding the base's history; mount it read-only. Made inside the sandbox from the plane's bundle. */
  readonly repository: string;
  /** Host directory for files that cross sandboxes (bundles); private to this lease. */
  readonly scratch: string;
}

export interface DriverContext {
  readonly assignment: AgentAssignment;
  readonly workspace: Workspace;
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  /** Aborts when the lease is over or cancelled; the reason says why. */
  readonly signal: AbortSignal;
  /** Queues an event in order. Resolves at once unless the spool is full. */
  emit(event: NewEvent): Promise<void>;
  /** Called once, when preparation is over and the base has been tested: the run goes `preparing` → `working`. */
  prepared(): Promise<void>;
}

export type DriverResult =
  /** `bundle` is a host file: one ref `refs/heads/patch`, prerequisite = the base commit only. */
  | { readonly outcome: "patch"; readonly bundle: string; readonly summary: Summary }
  | { readonly outcome: "no_change"; readonly summary: Summary }
  | { readonly outcome: "failed"; readonly reason: string };

export interface AgentDriver {
  readonly name: string;
  run(context: DriverContext): Promise<DriverResult>;
}
