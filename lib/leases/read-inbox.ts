import { read } from "../db.ts";
import { waitingFor } from "../inboxes/service.ts";
import type { InboxAnswer, InboxRequest } from "../protocol/steering.ts";
import type { Scope } from "../scope.ts";
import { requireLease } from "./service.ts";

/** What the plane has to say to whoever holds this lease, above number `after`. */
export async function readInbox(
  scope: Scope,
  leaseId: string,
  asked: Omit<InboxRequest, "waitSeconds">,
): Promise<InboxAnswer & { readonly runId: string }> {
  const { runId } = await requireLease(scope, leaseId, asked.attempt);
  return { runId, items: await read(scope, (db) => waitingFor(db, runId, asked)) };
}
