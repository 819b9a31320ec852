// What the people there are make of a charter, while it is written: gates nobody could close. Pure.
import { can } from "#lib/authz/rules.ts";
import { impossibleGates } from "#lib/charters/impossible-gates.ts";
import type { Candidate } from "#lib/gates/rules.ts";
import { KPIS } from "#lib/kpis/definitions/registry.ts";
import { type Expected, metricForecast } from "#lib/kpis/power.ts";
import { peopleToMerge, rolesToMerge } from "#lib/merges/rules.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { labelFaults } from "#lib/repositories/label-rules.ts";

export interface Warning {
  readonly field: string;
  readonly sentence: string;
  /** No merge could ever be approved. */
  readonly isEvery: boolean;
}

export interface Present {
  /** Everybody with a grant that covers the pilot. */
  readonly holders: readonly Candidate[];
  /** Who writes. */
  readonly personId: string;
  readonly pilotId: string | null;
}

/** What its repository carries, or does not, and the charter says the opposite of. */
export const foreignLabels = (charter: Charter, labels: readonly string[]): Warning[] =>
  Object.entries(labelFaults(charter, labels)).map(([field, sentences]) => ({
    ...{ field, isEvery: true },
    sentence: sentences.join(" "),
  }));

/** Metrics that no verdict will be given of before the pilot ends. */
export function shortMetrics(charter: Charter, expected: Expected): Warning[] {
  const short = charter.goal.metrics.filter(({ kpi }) => metricForecast(kpi, expected).isShort);
  if (short.length === 0) return [];
  const names = short.map(({ kpi }) => KPIS[kpi].title).join(", ");
  const sentence = `By the last day there would be too few runs for a verdict: ${names}. Choose a later day, expect more runs, or ask for a smaller sample.`;
  return [{ field: "goal.metrics", sentence, isEvery: false }];
}

/** Who launches never approves: whoever writes a charter often does, and is told before who would be left. */
export function warningsOf(charter: Charter, { holders, personId, pilotId }: Present): Warning[] {
  const impossible = impossibleGates(charter, holders, pilotId);
  if (impossible.some(({ isEvery }) => isEvery)) return impossible;
  const [approverCount, approverRoles] = [peopleToMerge(charter), rolesToMerge(charter)];
  const own = (candidate: Candidate) =>
    candidate.grants.filter((grant) => grant.pilotId === null || grant.pilotId === pilotId);
  const me = holders.find((holder) => holder.personId === personId);
  if (!me || !can(own(me), "run.launch", pilotId ?? undefined)) return impossible;
  const left = holders.filter(
    (holder) =>
      holder !== me &&
      own(holder).some(
        (grant) => approverRoles.some((role) => role === grant.role) && can([grant], "gate.decide"),
      ),
  ).length;
  if (left >= approverCount) return impossible;
  const could = left === 0 ? "nobody would be left to approve it" : `only ${left} could approve it`;
  const needed = approverCount === 1 ? "one person has to" : `${approverCount} people have to`;
  const sentence = `Of a run that you launch yourself ${could}, and ${needed}. Name more roles, or have somebody else launch.`;
  return [...impossible, { field: "controls.approverRoles", sentence, isEvery: false }];
}
