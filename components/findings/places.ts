// Where something was seen, and how to get there.
import type { FindingView } from "#lib/findings/schema.ts";

export interface Place {
  readonly key: string;
  readonly text: string;
  readonly href: string | null;
  readonly id?: string;
}

/** The review opens at the file, and at the line where it is known. */
function reviewHref(runId: string, path: string, line: number | null): string {
  const query = new URLSearchParams({ file: path, ...(line === null ? {} : { line: String(line) }) });
  return `/reviews/${runId}?${query}`;
}

export function placesOf(finding: FindingView): Place[] {
  const { runId, runTitle, pilotId, pilotName, seq, lastSeq, callId, patchId, leaseId, evidence } = finding;
  const places: (Place | null)[] = [
    runId ? { key: "Run", text: runTitle ?? runId, href: `/runs/${runId}`, id: runId } : null,
    pilotId ? { key: "Pilot", text: pilotName ?? pilotId, href: `/pilots/${pilotId}` } : null,
    runId && seq !== null
      ? { key: "Event", text: `Event ${seq}`, href: `/runs/${runId}?event=${seq}` }
      : null,
    runId && seq !== null && lastSeq !== null && lastSeq !== seq
      ? { key: "Last event", text: `Event ${lastSeq}`, href: `/runs/${runId}?event=${lastSeq}` }
      : null,
    runId && callId
      ? { key: "Call", text: "The call", href: `/runs/${runId}/calls/${callId}`, id: callId }
      : null,
    evidence?.path
      ? {
          key: "File",
          text: evidence.line === null ? evidence.path : `${evidence.path}:${evidence.line}`,
          href: runId && patchId ? reviewHref(runId, evidence.path, evidence.line) : null,
        }
      : null,
    patchId && runId ? { key: "Patch", text: "The patch", href: `/reviews/${runId}`, id: patchId } : null,
    leaseId ? { key: "Lease", text: "Lease", href: null, id: leaseId } : null,
  ];
  const known = places.filter((place) => place !== null);
  return known.length > 0
    ? known
    : [{ key: "Run", text: "None is known: it was turned away at a door.", href: null }];
}
