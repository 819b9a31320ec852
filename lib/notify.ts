// Wake-up calls between processes. A payload names what changed; readers fetch rows by themselves.
import type { Tx } from "./db.ts";

export type Channel =
  /** Payload: run id. New events or another status. */
  | "run_changed"
  /** Payload: empty. A run waits for a runner. */
  | "work_waiting"
  /** Payload: empty. Sent by `transaction` itself whenever something but events was recorded. */
  | "record_grew"
  /** Payload: session id. */
  | "session_revoked";

/** Delivered when the transaction commits; equal payloads of one transaction are delivered once. */
export async function notify(tx: Tx, channel: Channel, payload: string): Promise<void> {
  await tx.db.$executeRaw`select pg_notify(${channel}, ${payload})`;
}
