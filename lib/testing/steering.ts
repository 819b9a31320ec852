// A run at work as its runner speaks of it: events in numbered batches, asks, snapshots, and what its inbox says.
import { decideGate } from "../gates/decide-gate.ts";
import type { GateStatus, GateView } from "../gates/schema.ts";
import { listGatesOf } from "../gates/service.ts";
import { readInbox } from "../leases/read-inbox.ts";
import { appendRunnerEvents } from "../leases/service.ts";
import { takeSnapshot } from "../leases/transfers.ts";
import type { NewEvent } from "../protocol/events.ts";
import { askDigest, type InboxItem, type SnapshotReason } from "../protocol/steering.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { bytes } from "./journey.ts";

export interface Lease {
  readonly leaseId: string;
  readonly runId: string;
  readonly attempt: number;
}

const sent = new Map<string, number>();

/** One batch, after what this lease sent before. */
export async function tell(runner: Scope, { leaseId, attempt }: Lease, ...events: NewEvent[]): Promise<void> {
  const first = (sent.get(leaseId) ?? 0) + 1;
  const at = new Date(runner.clock.now()).toISOString();
  const batch = { attempt, first, events: events.map((event) => ({ at, event })) };
  const { acknowledged } = await appendRunnerEvents(runner, leaseId, batch);
  sent.set(leaseId, acknowledged);
}

export const inboxOf = async (runner: Scope, lease: Lease, after = 0): Promise<InboxItem[]> =>
  (await readInbox(runner, lease.leaseId, { attempt: lease.attempt, after, givesBack: true })).items;

/** An agent asks to run a script; the digest is the right one. */
export function asking(ask: number, text: string, cwd = "/work"): NewEvent {
  const what = "command";
  const digest = askDigest({ what, cwd, text });
  return { kind: "ask_opened", body: { ask, what, title: text, text, cwd, reason: "It is needed.", digest } };
}

export const heard = (
  ask: number,
  decision: "allowed" | "declined" | "expired" = "allowed",
  by: "person" | "policy" | "unattended" | "crash" = "person",
): NewEvent => ({ kind: "ask_settled", body: { ask, decision, by } });

export const statusOf = async (scope: Scope, runId: string): Promise<string> =>
  (await getRun(scope, runId)).status;

/** The newest gate of the run for what its agent asked. */
export async function gateOf(scope: Scope, runId: string): Promise<GateView> {
  const gate = (await listGatesOf(scope, runId)).find(({ kind }) => kind === "command");
  if (!gate) throw new Error(`no gate was opened for ${runId}`);
  return gate;
}

export const decide = (
  scope: Scope,
  { id: gateId, digest }: Pick<GateView, "id" | "digest">,
  decision: "approve" | "deny",
  reason = decision === "deny" ? "Not like this." : "",
): Promise<{ status: GateStatus }> => decideGate(scope, { gateId, digest, decision, reason });

/** Uploads bytes and says that they are a snapshot. Returns the blob's id. */
export async function snap(
  runner: Scope,
  lease: Lease,
  turn: number,
  { why = "turn" as SnapshotReason, driver = "openai", letter = "c", age = 0 } = {},
): Promise<string> {
  const { blobId } = await takeSnapshot(runner, lease.leaseId, lease.attempt, bytes(`snapshot ${turn}`));
  await tell(runner, lease, {
    kind: "snapshot_taken",
    body: { blob: blobId, native: `session-${turn}`, driver, turn, tree: letter.repeat(40), why, age },
  });
  return blobId;
}
