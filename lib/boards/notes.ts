// What may explain a change of numbers, for charts: charters, pauses, trips, stops, models.
import { requirePermission } from "../authz/require.ts";
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import type { Note, Span } from "./schema.ts";
import { selectNotes } from "./store.ts";

const MOST = 40;

/** Oldest first. */
export function listNotes(scope: Scope, pilotId: string, span: Span): Promise<Note[]> {
  requirePermission(scope, "kpi.view", pilotId);
  return read(scope, (db) => selectNotes(db, pilotId, span, MOST));
}
