// What is known of calls that are open: by this process, of those it opened itself; else by the database.
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import { type OpenCall, selectCalls } from "./store.ts";

/** Filled after a commit, never before. */
const opened = new Map<string, OpenCall>();
/** More than a gateway has under way; what is pushed out is read again. */
const MOST = 20_000;

export function rememberOpened(calls: readonly OpenCall[]): void {
  for (const call of calls) opened.set(call.id, call);
  for (const id of opened.keys()) {
    if (opened.size <= MOST) return;
    opened.delete(id);
  }
}

export function forgetOpened(ids: readonly string[]): void {
  for (const id of ids) opened.delete(id);
}

/** By id; what is not there was never opened. */
export async function findCalls(
  scope: Scope,
  ids: readonly string[],
): Promise<ReadonlyMap<string, OpenCall>> {
  const own = ids.flatMap((id) => opened.get(id) ?? []);
  if (own.length === ids.length) return new Map(own.map((call) => [call.id, call]));
  return read(scope, (db) => selectCalls(db, ids));
}
