// What the next step's charter begins from: this pilot's, with its limits doubled only where its targets were met.
import { requirePermission } from "../authz/require.ts";
import { DAY } from "../clock.ts";
import { read } from "../db.ts";
import { saveDraft } from "../drafts/service.ts";
import { conflict } from "../errors.ts";
import { newId } from "../ids.ts";
import { charterValues, type FormValues } from "../pilots/form.ts";
import { dayIn } from "../pilots/rules.ts";
import type { Charter } from "../pilots/schema.ts";
import { getPilot } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import type { ChecklistItem, ExitDocument, Limit } from "./schema.ts";
import { getExit } from "./service.ts";

/** Limits that are doubled, with the most a charter takes. */
const LIMITS: Readonly<Record<Limit, number>> = {
  "controls.budgetDayCents": 100_000_000,
  "controls.budgetPilotCents": 100_000_000,
  "rollback.maxRuns": 10_000,
};

const LENGTH = 28 * DAY;

const amountOf = ({ controls, rollback }: Charter, field: Limit): number =>
  ({
    "controls.budgetDayCents": controls.budgetDayCents,
    "controls.budgetPilotCents": controls.budgetPilotCents,
    "rollback.maxRuns": rollback.maxRuns,
  })[field];

/** What is not known to be met is not scaled. */
export function proposedLimits(charter: Charter, review: ExitDocument | null): ChecklistItem[] {
  const isMet = review?.criteria.some(
    ({ criterion, verdict }) => criterion === "targets_met" && verdict === "met",
  );
  return (Object.keys(LIMITS) as Limit[]).map((field) => {
    const now = amountOf(charter, field);
    return { field, now, next: isMet ? Math.max(now, Math.min(LIMITS[field], now * 2)) : now };
  });
}

/** Findings of the pilot that are open still. */
export const countOpenFindings = (scope: Scope, pilotId: string): Promise<number> =>
  read(scope, async (db) => {
    requirePermission(scope, "finding.view", pilotId);
    return db.finding.count({ where: { pilotId, state: "open" } });
  });

/** A draft of the asker's, which binds nobody until it is sent and activated by two people. */
export async function draftNextCharter(scope: Scope, pilotId: string): Promise<{ draftId: string }> {
  requirePermission(scope, "pilot.create", null);
  const pilot = await getPilot(scope, pilotId);
  const exit = await getExit(scope, pilotId);
  if (exit.decisions[0]?.decision !== "scale_up")
    throw conflict("Its owners have not decided to scale it up.");
  const { charter } = pilot.charter;
  const newest = (exit.confirmation ?? exit.review)?.document ?? null;
  const findings = await countOpenFindings(scope, pilotId);
  const limits = Object.fromEntries(
    proposedLimits(charter, newest).map(({ field, next }) => [field, String(next)]),
  );
  const now = scope.clock.now();
  const values: FormValues = {
    ...charterValues(charter),
    ...limits,
    name: `${pilot.name}, next step`.slice(0, 80),
    timeZone: pilot.timeZone,
    "rollback.endsOn": dayIn(pilot.timeZone, now + LENGTH),
    "goal.problem": [cameFrom(pilotId, newest, findings), charter.goal.problem]
      .join("\n\n")
      .trim()
      .slice(0, 2000),
  };
  const draftId = newId("draft", now);
  await saveDraft(scope, { id: draftId, pilotId: null, step: "goal", values, version: 0 });
  return { draftId };
}

function cameFrom(pilotId: string, review: ExitDocument | null, findings: number): string {
  const missed = review?.targets.filter(({ verdict }) => verdict !== "met").map(({ kpi }) => kpi) ?? [];
  return [
    `Comes from pilot ${pilotId}.`,
    missed.length > 0 ? `Not known to be met there: ${missed.join(", ")}.` : "",
    findings > 0 ? `${findings} of its findings are open and carried over.` : "",
  ]
    .filter((line) => line !== "")
    .join(" ");
}
