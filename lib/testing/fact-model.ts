// What became of runs, patches, merges and findings, told by whoever sends the events to the database; and what facts follow
// from that, worked out here by other code than the database's.
export interface Sighted {
  readonly kind: "reverted_here" | "reverted_by_hand" | "rewritten" | "changed_again" | "check_failed";
  readonly at: number;
}

export interface ToldMerge {
  readonly id: string;
  readonly patch: string;
  settledAt: number | null;
  isRefused: boolean;
  watch: {
    mergedAt: number;
    state: "watching" | "held" | "reverted" | "rewritten";
    endedAt: number | null;
  } | null;
  readonly sightings: Sighted[];
}

export interface ToldPatch {
  readonly id: string;
  readonly at: number;
  readonly evidence: { readonly id: string; readonly verdict: string; readonly at: number }[];
}

export interface ToldRun {
  readonly id: string;
  readonly kind: "repair" | "revert";
  status: string;
  noChange: boolean;
  rejectedAs: string | null;
  endedAt: number | null;
  readonly patches: ToldPatch[];
  readonly merges: ToldMerge[];
}

export interface ToldFinding {
  readonly id: string;
  readonly openedAt: number;
  eventAt: number | null;
  state: "open" | "validated" | "mitigated" | "dismissed";
  readonly steps: { readonly to: string; readonly at: number }[];
}

const DAYS_14 = 14 * 24 * 3_600_000;
const ENDS = ["merged", "rejected", "failed", "cancelled"];
const first = (times: readonly number[]): number | null => (times.length > 0 ? Math.min(...times) : null);
const newest = <T extends { readonly at: number; readonly id: string }>(all: readonly T[]): T | undefined =>
  [...all].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))[0];
const isAfter = (one: ToldPatch, other: ToldPatch): boolean =>
  one.at > other.at || (one.at === other.at && one.id > other.id);

export const runFactOf = ({ status, noChange, endedAt }: ToldRun) => ({
  outcome: status === "failed" && noChange ? "no_change" : ENDS.includes(status) ? status : null,
  mergedAt: status === "merged" ? endedAt : null,
});

export function mergeFactOf(run: ToldRun, merge: ToldMerge) {
  if (merge.settledAt === null) return null;
  const seen = (...kinds: string[]) =>
    first(merge.sightings.flatMap(({ kind, at }) => (kinds.includes(kind) ? [at] : [])));
  const mergedAt = merge.watch?.mergedAt ?? merge.settledAt;
  const [revertedAt, rebrokenAt] = [
    seen("reverted_here", "reverted_by_hand", "rewritten"),
    seen("check_failed"),
  ];
  const patch = run.patches.find(({ id }) => id === merge.patch);
  const verdict = newest(patch?.evidence ?? [])?.verdict ?? null;
  const isHeld = merge.watch?.state === "held" && rebrokenAt === null && verdict === "verified";
  return {
    ...{ id: merge.id, mergedAt, revertedAt, rebrokenAt, verdict },
    ...{ endedAs: merge.watch?.state ?? null, settledAt: merge.watch?.endedAt ?? null },
    ...{ maturesAt: mergedAt + DAYS_14, confirmedAt: isHeld ? mergedAt + DAYS_14 : null },
  };
}

export function patchFactOf(run: ToldRun, patch: ToldPatch) {
  const later = run.patches.filter((other) => isAfter(other, patch));
  const isLast = later.length === 0;
  const merges = run.merges
    .filter((merge) => merge.patch === patch.id)
    .flatMap((merge) => mergeFactOf(run, merge) ?? []);
  const merge = [...merges].sort((a, b) => b.mergedAt - a.mergedAt || (a.id < b.id ? 1 : -1))[0];
  const evidence = newest(patch.evidence);
  const isRejected = isLast && run.status === "rejected";
  const escapes = [merge?.revertedAt, merge?.rebrokenAt].filter((at) => at !== null && at !== undefined);
  const next = first(later.map(({ at }) => at));
  const ended = isLast ? run.endedAt : (evidence?.at ?? next);
  return {
    ...{ id: patch.id, verdict: evidence?.verdict ?? null, mergeId: merge?.id ?? null },
    ...{ rejectedAs: isRejected ? run.rejectedAs : null, rejectedAt: isRejected ? run.endedAt : null },
    ...{ escapedAt: first(escapes), finishedAt: merge?.mergedAt ?? ended },
  };
}

export function findingFactOf({ openedAt, eventAt, state, steps }: ToldFinding) {
  const opened = steps.map(({ to }) => to).lastIndexOf("open");
  const decided = steps
    .filter(({ to }, at) => at > opened && (to === "validated" || to === "dismissed"))
    .at(-1);
  return {
    detectMs: eventAt === null ? null : Math.max(0, openedAt - eventAt),
    decidedAs: state === "open" ? null : (decided?.to ?? null),
    decidedAt: state === "open" ? null : (decided?.at ?? null),
  };
}
