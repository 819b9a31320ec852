// How long decisions take, and whether asking for them changes anything. Pure.
import type { ApproverLoad } from "../gates/approver-rules.ts";
import type { Interval } from "./schema.ts";
import { bootstrap, quantile, wilson } from "./statistics.ts";

export interface GateFactRow {
  readonly kind: string;
  readonly openedAt: Date;
  readonly outcome: "approved" | "denied" | "expired" | "void" | null;
  readonly latencyMs: number | null;
  readonly decisions: number;
  readonly hasty: number;
  readonly unchanged: boolean | null;
}

export interface GateUsefulness {
  readonly kind: string;
  /** Gates of the kind that were opened. */
  readonly asks: number;
  readonly decided: number;
  readonly approvedUnchanged: number;
  /** Of those decided; null below the minimum sample. */
  readonly rate: number | null;
  readonly interval: Interval | null;
  /** Milliseconds from opening to deciding, all together. */
  readonly waited: number;
  /** Nearly everything was approved as it was asked: an amendment could leave the question out. */
  readonly suggestsAmendment: boolean;
}

export interface GateKpis {
  /** Gates that people decided. */
  readonly sample: number;
  readonly minimumSample: number;
  /** Milliseconds; null below the minimum sample. */
  readonly median: number | null;
  readonly p90: number | null;
  readonly interval: Interval | null;
  readonly open: number;
  /** How long the oldest open one has waited, milliseconds. */
  readonly oldest: number | null;
  readonly decisions: number;
  /** Within ten seconds of the gate's opening. */
  readonly hasty: number;
  readonly usefulness: readonly GateUsefulness[];
}

export interface DecisionKpis extends GateKpis {
  /** By name; nobody is ranked. */
  readonly load: readonly ApproverLoad[];
}

const SUGGESTS_FROM = 50;
const NEARLY_ALL = 0.98;

const isDecided = ({ outcome }: GateFactRow): boolean => outcome === "approved" || outcome === "denied";
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function gateKpis(facts: readonly GateFactRow[], minimumSample: number, now: number): GateKpis {
  const decided = facts.filter(isDecided);
  const sorted = decided.map(({ latencyMs }) => latencyMs ?? 0).sort((one, other) => one - other);
  const enough = sorted.length > 0 && sorted.length >= minimumSample;
  const open = facts.filter(({ outcome }) => outcome === null);
  const oldest = open.map(({ openedAt }) => now - openedAt.getTime());
  return {
    ...{ sample: sorted.length, minimumSample, open: open.length },
    median: enough ? quantile(sorted, 0.5) : null,
    p90: enough ? quantile(sorted, 0.9) : null,
    interval: enough ? bootstrap(sorted, 0.5) : null,
    oldest: oldest.length > 0 ? Math.max(...oldest) : null,
    decisions: sum(facts.map(({ decisions }) => decisions)),
    hasty: sum(facts.map(({ hasty }) => hasty)),
    usefulness: [...Map.groupBy(facts, ({ kind }) => kind)]
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([kind, rows]) => usefulness(kind, rows, minimumSample)),
  };
}

function usefulness(kind: string, facts: readonly GateFactRow[], minimumSample: number): GateUsefulness {
  const decided = facts.filter(isDecided);
  const approvedUnchanged = decided.filter((fact) => fact.outcome === "approved" && fact.unchanged).length;
  const enough = decided.length > 0 && decided.length >= minimumSample;
  return {
    ...{ kind, asks: facts.length, decided: decided.length, approvedUnchanged },
    rate: enough ? approvedUnchanged / decided.length : null,
    interval: enough ? wilson(approvedUnchanged, decided.length) : null,
    waited: sum(decided.map(({ latencyMs }) => latencyMs ?? 0)),
    suggestsAmendment: decided.length >= SUGGESTS_FROM && approvedUnchanged / decided.length > NEARLY_ALL,
  };
}
