// An entry made ready before its transaction is: what a statement that is a whole transaction inserts.
import { newId } from "../ids.ts";
import type { Scope } from "../scope.ts";
import { entryBytes } from "./rules.ts";
import type { NewEntry } from "./schema.ts";

export interface PreparedEntry {
  readonly id: string;
  readonly kind: string;
  readonly about: readonly string[];
  /** UTF-8 of it is what the log commits to. */
  readonly body: string;
}

export function preparedEntry(scope: Scope, entry: NewEntry): PreparedEntry {
  const id = newId("entry", scope.clock.now());
  const body = Buffer.from(entryBytes(id, entry, scope)).toString("utf8");
  return { id, kind: entry.kind, about: entry.about, body };
}
