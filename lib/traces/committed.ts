// What entries about runs and calls commit to, for bundles. The caller has checked that the scope may see payloads.
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import { findResponse, findTask, type ItemRow, type Said, selectRequestItems } from "./committed-store.ts";

export type { Said } from "./committed-store.ts";

/** What a run's agent was told; null where there is no such run. */
export const heldTask = (scope: Scope, runId: string): Promise<Said | null> =>
  read(scope, (db) => findTask(db, runId));

/** What came back; null where nothing was stored. */
export const heldResponse = (scope: Scope, callId: string): Promise<Said | null> =>
  read(scope, (db) => findResponse(db, callId));

/** The request's head, then its items, in order; with the bytes of those that earlier calls brought, or without. */
export const heldRequest = (scope: Scope, callId: string, withEarlier: boolean): Promise<ItemRow[]> =>
  read(scope, (db) => selectRequestItems(db, callId, withEarlier));
