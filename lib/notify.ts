// Wake-up calls between processes. A payload names what changed; readers fetch rows by themselves.
import type { Tx } from "./db.ts";

export type Channel =
  /** Payload: run id. New events or another status. */
  | "run_changed"
  /** Payload: run id. There is something to say to whoever has the run. */
  | "inbox_grew"
  /** Payload: lease id. Whoever holds it has to end what it runs. */
  | "lease_ended"
  /** Payload: empty. A run waits for a runner. */
  | "work_waiting"
  /** Payload: empty. Rung by `transaction` itself whenever something but events was recorded. */
  | "record_grew"
  /** Payload: empty. A provider's key is to be tried by the gateway. */
  | "provider_test_asked"
  /** Payload: session id. */
  | "session_revoked";

/**
 * Delivered with the commit; equal payloads of one transaction are delivered once. What is rare and must not be lost
 * goes this way; it makes the commit wait for every other one that notifies. Everything else: `tx.ring`.
 */
export async function notify(
  tx: Tx,
  channel: Extract<Channel, "work_waiting" | "provider_test_asked" | "session_revoked">,
  payload: string,
): Promise<void> {
  await tx.db.$executeRaw`select pg_notify(${channel}, ${payload})`;
}
