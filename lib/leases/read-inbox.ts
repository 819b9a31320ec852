import { read } from "../db.ts";
import { waitingFor } from "../inboxes/service.ts";
import type { InboxAnswer } from "../protocol/steering.ts";
import type { Scope } from "../scope.ts";
import { requireLease } from "./service.ts";

/** What the plane has to say to whoever holds this lease, above number `after`. */
export async function readInbox(
  scope: Scope,
  leaseId: string,
  { attempt, after }: { readonly attempt: number; readonly after: number },
): Promise<InboxAnswer & { readonly runId: string }> {
  const { runId } = await requireLease(scope, leaseId, attempt);
  return { runId, items: await read(scope, (db) => waitingFor(db, runId, attempt, after)) };
}
