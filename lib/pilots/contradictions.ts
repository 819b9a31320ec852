// Fields of a charter that cannot all be meant. Charters that were written before are read all the same: this is asked
// when somebody writes one.
import type { FieldErrors } from "../errors.ts";
import type { Charter } from "./schema.ts";

/** Whether everything that the path matches is matched by one of the others, as far as their spelling shows it. */
export const isCovered = (path: string, by: readonly string[]): boolean =>
  by.some(
    (other) =>
      other === path ||
      other === "**" ||
      (other.endsWith("/**") && path.startsWith(other.slice(0, -"**".length))),
  );

/** `field`: dotted, as in the form. */
type Fault = readonly [field: string, isWrong: boolean, sentence: string];

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Less, and a deadline in working hours would be years away. */
const SHORTEST_DAY = 60;

function faults({ goal, scope, controls, kpis }: Charter): readonly Fault[] {
  const { budgetRunCents, budgetDayCents, budgetPilotCents, workDays, workFrom, workTo } = controls;
  return [
    [
      "scope.kinds",
      scope.kinds.length > 0 && !scope.kinds.includes(goal.kind),
      `The goal is work of kind “${goal.kind}”; choose it here too, or choose none.`,
    ],
    [
      "scope.forbiddenPaths",
      scope.allowedPaths.every((path) => isCovered(path, scope.forbiddenPaths)),
      "These forbid all that the allowed paths allow; nothing could be changed.",
    ],
    [
      "controls.budgetDayCents",
      budgetDayCents < budgetRunCents,
      `A day may cost less than one run (${budgetRunCents}); give it as much at least.`,
    ],
    [
      "controls.budgetPilotCents",
      budgetPilotCents < budgetDayCents,
      `The whole pilot may cost less than one day (${budgetDayCents}); give it as much at least.`,
    ],
    [
      "controls.readGuardedPaths",
      controls.toolRead !== "allow" && controls.readGuardedPaths.length === 0,
      "Name the files that are guarded from being read, or let reading be allowed.",
    ],
    [
      "controls.workTo",
      workDays.length > 0 && minutes(workTo) - minutes(workFrom) < SHORTEST_DAY,
      `Work begins at ${workFrom}; let it end an hour later at least, on the same day.`,
    ],
    [
      "kpis.owners",
      kpis.owners.length === 1 || kpis.owners.length > 2,
      "Name two different people, or nobody.",
    ],
    [
      "controls.gates",
      workDays.length === 0 && controls.gates.some(({ clock }) => clock === "working"),
      "Hours of a gate are counted over the hours of work, and there are no days of work. Choose them, or let the hours be counted always.",
    ],
    [
      "kpis.deputies",
      kpis.deputies.length > 2 ||
        (kpis.deputies.length > 0 && kpis.owners.length === 0) ||
        kpis.deputies.some((deputy) => kpis.owners.includes(deputy)),
      "Name at most two people, other than the two owners for whom they stand in.",
    ],
    [
      "scope.forbiddenLabels",
      scope.forbiddenLabels.some((label) => scope.repositoryLabels.includes(label)),
      "The repository has to carry one of these; take it away from one of the two lists.",
    ],
    [
      "controls.approvalClock",
      controls.approvalClock === "working" && workDays.length === 0,
      "Choose the days of work, or let the hours be counted always.",
    ],
  ];
}

/** A sentence at each field that says the opposite of another. */
export function contradictions(charter: Charter): FieldErrors {
  const fields: FieldErrors = {};
  for (const [field, isWrong, sentence] of faults(charter)) if (isWrong) fields[field] = [sentence];
  return fields;
}
