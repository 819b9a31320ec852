import { may } from "../authz/require.ts";
import { can, rolesFor, visiblePilots } from "../authz/rules.ts";
import { read } from "../db.ts";
import { forbidden, notFound } from "../errors.ts";
import { peopleWith } from "../people/service.ts";
import { findActiveCharter } from "../pilots/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { type Results, resultsOf } from "./results-rules.ts";
import type { AttemptView, ComparisonView, Contestant } from "./schema.ts";
import {
  findComparison,
  selectAttempts,
  selectCallTimes,
  selectComparisons,
  selectContestants,
} from "./store.ts";

/** Newest first, of pilots whose runs the scope may see. Nothing in it says whose patch is whose. */
export async function listComparisons(scope: Scope): Promise<ComparisonView[]> {
  return read(scope, (db) => selectComparisons(db, visiblePilots(scope.grants, "run.view"), null));
}

export interface OpenComparison {
  readonly contestants: readonly Contestant[];
  readonly attempts: readonly AttemptView[];
  readonly results: Results;
}

export interface ComparisonPage {
  readonly comparison: ComparisonView;
  /** Null for a reviewer before it is closed: it is not sent. */
  readonly open: OpenComparison | null;
  readonly mayLaunch: boolean;
  readonly mayJudge: boolean;
}

export async function getComparison(scope: Scope, id: string): Promise<ComparisonPage> {
  const visible = visiblePilots(scope.grants, "run.view");
  const [comparison] = await read(scope, (db) => selectComparisons(db, visible, [id]));
  if (!comparison) throw notFound("comparison");
  const { pilotId, state, reviewers } = comparison;
  const judges = reviewers.some((person) => person.id === actorId(scope.actor));
  const isBlind = judges && state !== "closed";
  return {
    comparison,
    open: isBlind ? null : await openComparison(scope, id),
    mayLaunch: !isBlind && may(scope, "run.launch", pilotId),
    mayJudge: judges && state === "started" && may(scope, "gate.decide", pilotId),
  };
}

async function openComparison(scope: Scope, id: string): Promise<OpenComparison> {
  return read(scope, async (db) => {
    const row = await findComparison(db, id);
    if (!row) throw notFound("comparison");
    const contestants = await selectContestants(db, row.agents);
    const attempts = await selectAttempts(db, id);
    const calls = await selectCallTimes(db, { comparisonId: id });
    return { contestants, attempts, results: resultsOf(contestants, attempts, calls) };
  });
}

/** For files: refused to who is blind. */
export async function getResults(
  scope: Scope,
  id: string,
): Promise<OpenComparison & { readonly comparison: ComparisonView }> {
  const { comparison, open } = await getComparison(scope, id);
  if (!open) throw forbidden("You judge this comparison blind. Its results open to you once it is closed.");
  return { comparison, ...open };
}

export interface PlanChoice {
  readonly id: string;
  readonly name: string;
  readonly kinds: readonly string[];
  readonly agents: readonly string[];
  readonly budgetRunCents: number;
  readonly reviewers: readonly { readonly id: string; readonly name: string }[];
}

/** What may be chosen where a comparison is planned in these pilots; without those that have no charter in force. */
export async function planChoices(
  scope: Scope,
  pilots: readonly { readonly id: string; readonly name: string }[],
): Promise<PlanChoice[]> {
  const allowed = pilots.filter(({ id }) => can(scope.grants, "run.launch", id));
  return read(scope, async (db) => {
    const choices: PlanChoice[] = [];
    for (const { id, name } of allowed) {
      const active = await findActiveCharter(db, id);
      if (!active) continue;
      const { scope: about, goal, controls } = active.charter;
      const people = await peopleWith(db, rolesFor("gate.decide"), id);
      choices.push({
        ...{ id, name, agents: controls.agents, budgetRunCents: controls.budgetRunCents },
        kinds: about.kinds.length > 0 ? about.kinds : [goal.kind],
        reviewers: people
          .filter(({ personId }) => personId !== actorId(scope.actor))
          .map((person) => ({ id: person.personId, name: person.name })),
      });
    }
    return choices;
  });
}
