// What has to be so before a pilot is completed.
import type { FieldErrors } from "../errors.ts";
import type { ExitCriterion } from "./schema/rollback.ts";
import type { Charter } from "./schema.ts";

export const CRITERION_NAMES: Readonly<Record<ExitCriterion, string>> = {
  independent_review: "Independent review",
  targets_met: "Targets met",
  runs_ended: "Runs ended",
};

export interface ExitFacts {
  /** Null: the installation itself. */
  readonly personId: string | null;
  /** Runs of the pilot that this person launched. */
  readonly launched: number;
  /** Runs of it that have not ended. */
  readonly open: number;
  readonly stated: Readonly<Partial<Record<ExitCriterion, string | undefined>>>;
}

export interface ExitRefusal {
  readonly sentence: string;
  readonly fields: FieldErrors;
}

const runs = (count: number): string => `${count} ${count === 1 ? "run" : "runs"}`;

/** Null where the pilot may be completed by this person with these statements. */
export function refusalToComplete({ kpis, rollback }: Charter, facts: ExitFacts): ExitRefusal | null {
  const { personId, launched, open, stated } = facts;
  if (personId !== null && kpis.owners.length > 0 && !kpis.owners.includes(personId))
    return { sentence: "Only the pilot's two owners complete it.", fields: {} };
  const faultOf = (criterion: ExitCriterion): string | null => {
    if (!stated[criterion])
      return `The charter wants to know how this is met: ${CRITERION_NAMES[criterion]}.`;
    if (criterion === "independent_review" && launched > 0)
      return `You launched ${runs(launched)} of this pilot; an independent review is stated by somebody who launched none.`;
    if (criterion === "runs_ended" && open > 0)
      return `${runs(open)} of the pilot ${open === 1 ? "has" : "have"} not ended.`;
    return null;
  };
  const fields: FieldErrors = {};
  for (const criterion of rollback.exitCriteria) {
    const fault = faultOf(criterion);
    if (fault !== null) fields[criterion] = [fault];
  }
  const [first] = Object.values(fields).flat();
  return first === undefined ? null : { sentence: first, fields };
}

/** The reason with what was stated of each criterion, as it stands on the pilot. */
export const reasonWithStatements = (
  reason: string,
  { rollback }: Charter,
  stated: ExitFacts["stated"],
): string =>
  [reason, ...rollback.exitCriteria.map((one) => `${CRITERION_NAMES[one]}: ${stated[one]}`)].join("\n");
