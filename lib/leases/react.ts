// What events of a runner bring about, in the transaction that makes them durable. A batch that is sent again was
// acknowledged before and never gets here.
import { noteRefused } from "../artefacts/note-refused.ts";
import { requireHandedIn } from "../artefacts/require-handed-in.ts";
import { askTold } from "../asks/ask-told.ts";
import { openAsk } from "../asks/open-ask.ts";
import type { Tx } from "../db.ts";
import { refused } from "../errors.ts";
import { messageDelivered, messageUndeliverable } from "../messages/settle-messages.ts";
import type { EventKind, NewEvent } from "../protocol/events.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { noteSnapshot } from "../snapshots/note-snapshot.ts";
import type { LeaseRow } from "./store.ts";

const REACTING = [
  "message_delivered",
  "message_undeliverable",
  "ask_opened",
  "ask_settled",
  "snapshot_taken",
  "artefact_handed_in",
  "artefact_refused",
] as const satisfies readonly EventKind[];
type Reacting = Extract<NewEvent, { kind: (typeof REACTING)[number] }>;

/** Whether anything of the plane moves by this event: run and lease are locked for it, in that order. */
export const isReacting = (event: NewEvent): event is Reacting =>
  REACTING.some((kind) => kind === event.kind);

export async function react(tx: Tx, scope: Scope, lease: LeaseRow, event: Reacting): Promise<void> {
  if (lease.phase !== "agent") throw refused(`A lease to ${lease.phase} says no “${event.kind}”.`);
  const run = await lockRun(tx, lease.runId); // an event before may have moved it
  const { attempt } = lease;
  switch (event.kind) {
    case "message_delivered":
      return messageDelivered(tx, scope, run, { ...event.body, attempt });
    case "message_undeliverable":
      return messageUndeliverable(tx, scope, run, event.body.message, event.body.reason);
    case "ask_opened":
      return openAsk(tx, scope, run, attempt, event.body);
    case "ask_settled":
      return askTold(tx, scope, run, attempt, event.body);
    case "snapshot_taken":
      return noteSnapshot(tx, scope, run, lease, event.body);
    case "artefact_handed_in":
      return requireHandedIn(tx, run, attempt, event.body);
    case "artefact_refused":
      return noteRefused(tx, scope, run, attempt, event.body);
  }
}
