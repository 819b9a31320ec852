// Findings as they are read.
import { visiblePilots } from "../authz/rules.ts";
import { read } from "../db.ts";
import { notFound } from "../errors.ts";
import { listPeople } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import { maskValue } from "../secrets/mask-value.ts";
import { ruleOf } from "./catalog.ts";
import { mayAnswer } from "./rules.ts";
import {
  FindingEvidence,
  type FindingFilter,
  FindingSource,
  type FindingStepView,
  type FindingView,
} from "./schema.ts";
import { type ListFindings, selectSteps, selectViews, type ViewRow } from "./store.ts";

const PAGE = 50;

export interface FindingPage {
  readonly findings: readonly FindingView[];
  /** Give it as `after` for older ones; null on the last page. */
  readonly next: string | null;
}

/** Findings of the pilots the scope may see, newest first. */
export async function listFindings(
  scope: Scope,
  filter: FindingFilter & { readonly after?: string | undefined } = {},
): Promise<FindingPage> {
  const found = await views(scope, filter, PAGE + 1);
  const findings = found.slice(0, PAGE);
  return { findings, next: found.length > PAGE ? (findings.at(-1)?.id ?? null) : null };
}

const GRAVE = ["high", "critical"] as const;

/** Grave ones that nobody has dealt with, newest first, some. */
export async function listGraveFindings(scope: Scope): Promise<readonly FindingView[]> {
  return views(scope, { isWaiting: true, severities: GRAVE }, PAGE);
}

/** All of a run, at most some hundred. The caller has checked the run's visibility. */
export async function listFindingsOfRun(scope: Scope, runId: string): Promise<readonly FindingView[]> {
  return views(scope, { runId }, 500);
}

export interface FindingDetail {
  readonly finding: FindingView;
  readonly steps: readonly FindingStepView[];
  /** Who launched its run; null where there is none. */
  readonly launchedBy: string | null;
}

export async function getFinding(scope: Scope, findingId: string): Promise<FindingDetail> {
  const [row] = await rows(scope, { ids: [findingId] }, 1);
  if (!row) throw notFound("finding");
  const steps = await read(scope, (db) => selectSteps(db, findingId));
  return { finding: await shown(row), steps, launchedBy: row.launchedBy };
}

/** Who can answer for a dismissal here, by name. */
export async function ownersOf(
  scope: Scope,
  { pilotId }: Pick<FindingView, "pilotId">,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const people = await listPeople(scope);
  return people
    .filter(({ disabledAt, grants }) => disabledAt === null && mayAnswer(grants, pilotId))
    .map(({ id, name }) => ({ id, name }));
}

type Asked = Omit<ListFindings, "pilotIds">;

const rows = (scope: Scope, filter: Asked, limit: number): Promise<ViewRow[]> =>
  read(scope, (db) =>
    selectViews(db, { ...filter, pilotIds: visiblePilots(scope.grants, "finding.view") }, limit),
  );

async function views(scope: Scope, filter: Asked, limit: number): Promise<FindingView[]> {
  return Promise.all((await rows(scope, filter, limit)).map(shown));
}

/** Masked once more: the title of the run is a person's, and rules that find secrets are added to. */
async function shown(row: ViewRow): Promise<FindingView> {
  const evidence = FindingEvidence.safeParse(row.evidence);
  const texts = await maskValue({
    runTitle: row.runTitle,
    evidence: evidence.success ? evidence.data : null,
  });
  const { id, runId, pilotId, pilotName, repositoryId, severity, state, times, firstAt, lastAt } = row;
  const { attempt, seq, lastSeq, callId, patchId, leaseId } = row;
  return {
    ...{ id, runId, pilotId, pilotName, repositoryId, severity, state, times, firstAt, lastAt },
    ...{ attempt, seq, lastSeq, callId, patchId, leaseId, ...texts },
    rule: ruleOf(row.rule, { source: FindingSource.parse(row.source), severity }),
    commitment: Buffer.from(row.commitment).toString("hex"),
    suppression: suppressionOf(row),
  };
}

function suppressionOf(row: ViewRow): FindingView["suppression"] {
  const { suppressionId, scope, suppressedFrom, expiresAt, endedAt, ownerName, suppressedBecause } = row;
  if (suppressionId === null || scope === null || suppressedFrom === null || expiresAt === null) return null;
  return {
    ...{ id: suppressionId, findingId: suppressedFrom, scope, path: row.suppressedPath },
    ...{ ownerName: ownerName ?? "", reason: suppressedBecause ?? "", expiresAt, endedAt },
  };
}
