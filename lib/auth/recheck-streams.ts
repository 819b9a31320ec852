// A request asks for its grants itself. A stream asked when it began, and is told here to ask again: it ends where what its
// person may do is no longer what it was.
import type { Tx } from "../db.ts";
import type { Scope } from "../scope.ts";
import { callStreams } from "./stream-store.ts";

export async function recheckStreams(tx: Tx, scope: Scope, people: readonly string[]): Promise<void> {
  if (people.length > 0) await callStreams(tx.db, people, new Date(scope.clock.now()));
}
