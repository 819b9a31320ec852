// Events as people see them. What is stored, exported and proved is the text as it came.
import { listEvents } from "../events/service.ts";
import type { RunEvent } from "../protocol/events.ts";
import type { Scope } from "../scope.ts";
import { maskEvents } from "../secrets/mask-value.ts";

/** Events before the first one shown are looked at too: the beginning of a secret may stand in them. */
const BEFORE = 16;

/** Events of a run numbered above `after`, with secrets masked. The caller has checked that the scope may see the run. */
export async function listShownEvents(
  scope: Scope,
  runId: string,
  after: number,
  limit: number,
): Promise<RunEvent[]> {
  const from = Math.max(0, after - BEFORE);
  const events = await listEvents(scope, runId, from, limit + after - from);
  const shown = await maskEvents(events);
  return shown.filter(({ seq }) => seq > after);
}
