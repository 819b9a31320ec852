// What people see of rows from outside: deployments, incidents, and how each came in.
import { can, PermissionDenied } from "../../authz/rules.ts";
import { HOUR, SECOND } from "../../clock.ts";
import { type Db, read } from "../../db.ts";
import { namesOf } from "../../people/service.ts";
import type { Scope } from "../../scope.ts";
import type { FetchView } from "../fetches/schema.ts";
import { selectFetches } from "../fetches/store.ts";
import { type ProposedRow, selectProposals } from "../links/store.ts";
import type { PagerView } from "../pagers/schema.ts";
import { selectPagers } from "../pagers/store.ts";
import type {
  CauseView,
  DeliveriesQuery,
  DeploymentView,
  ImportView,
  IncidentView,
  Listed,
} from "./schema.ts";
import {
  type IncidentRow,
  isNothing,
  type NamedDeployment,
  selectChoices,
  selectDeployments,
  selectEnvironments,
  selectImports,
  selectIncidents,
  selectMergesIn,
  selectNamed,
} from "./store.ts";

const PAGE = 50;
const MOST_MERGES = 5;
const MOST_CHOICES = 20;
const MOST_FETCHES = 30;
/** Past this nobody looks for a cause: a deployment before it was something else's. */
export const CAUSE_WINDOW = 24 * HOUR;

function listed<T extends { readonly id: string }>(rows: readonly T[], isEmpty: boolean): Listed<T> {
  const items = rows.slice(0, PAGE);
  return { items, next: rows.length > PAGE ? (items.at(-1)?.id ?? null) : null, isEmpty };
}

export async function listDeployments(scope: Scope, query: DeliveriesQuery): Promise<Listed<DeploymentView>> {
  requireView(scope);
  return read(scope, async (db) => {
    const page = listed(await selectDeployments(db, query, PAGE + 1), await isNothing(db, "deployment"));
    const ids = page.items.map(({ id }) => id);
    const merges = await selectMergesIn(db, ids, MOST_MERGES);
    return {
      ...page,
      items: page.items.map((row) => ({
        ...row,
        merges: merges.filter(({ deploymentId }) => deploymentId === row.id),
      })),
    };
  });
}

/** Whoever sees the figures of one pilot sees the rows behind them: repositories are every member's. */
function requireView({ grants }: Scope): void {
  if (!can(grants, "kpi.view")) throw new PermissionDenied("kpi.view", null);
}

export async function listIncidents(scope: Scope, query: DeliveriesQuery): Promise<Listed<IncidentView>> {
  requireView(scope);
  return read(scope, async (db) => {
    const page = listed(await selectIncidents(db, query, PAGE + 1), await isNothing(db, "incident"));
    return { ...page, items: await withCauses(db, page.items) };
  });
}

async function withCauses(db: Db, rows: readonly IncidentRow[]): Promise<IncidentView[]> {
  const ids = rows.map(({ id }) => id);
  const proposals = await selectProposals(db, ids, CAUSE_WINDOW / SECOND);
  const choices = await selectChoices(db, ids, MOST_CHOICES);
  const causes = rows.flatMap(({ causeId }) => (causeId === null ? [] : [causeId]));
  const wanted = [...causes, ...proposals.map(({ deploymentId }) => deploymentId)];
  const named = new Map((await selectNamed(db, wanted)).map((each) => [each.id, each]));
  return rows.map((row) => viewOf(row, { proposals, choices, named }));
}

interface Known {
  readonly proposals: readonly ProposedRow[];
  readonly choices: readonly (NamedDeployment & { readonly incidentId: string })[];
  readonly named: ReadonlyMap<string, NamedDeployment>;
}

function viewOf(row: IncidentRow, { proposals, choices, named }: Known): IncidentView {
  const { deploymentExternalId, causeId, because, isLinked, ...shown } = row;
  const proposed = proposals.find(({ incidentId }) => incidentId === row.id);
  return {
    ...shown,
    cause: causeId === null || because === null ? null : causeOf(named, causeId, because),
    isNone: isLinked && causeId === null,
    proposal: proposed ? causeOf(named, proposed.deploymentId, proposed.because) : null,
    namesUnknown: causeId === null && !isLinked ? deploymentExternalId : null,
    choices: choices
      .filter(({ incidentId }) => incidentId === row.id)
      .map((each) => ({ deploymentId: each.id, label: labelOf(each) })),
  };
}

const labelOf = ({ externalId, environment, status, finishedAt }: NamedDeployment): string =>
  `${externalId} · ${environment} · ${status}${finishedAt ? ` · ${finishedAt.toISOString().slice(0, 16).replace("T", " ")} UTC` : ""}`;

function causeOf(
  named: ReadonlyMap<string, NamedDeployment>,
  deploymentId: string,
  because: CauseView["because"],
): CauseView {
  const deployment = named.get(deploymentId);
  return { deploymentId, label: deployment ? labelOf(deployment) : deploymentId, because };
}

export async function listImports(scope: Scope, query: DeliveriesQuery): Promise<Listed<ImportView>> {
  requireView(scope);
  const { rows, isEmpty } = await read(scope, async (db) => ({
    rows: await selectImports(db, query, PAGE + 1),
    isEmpty: await isNothing(db, "outside_import"),
  }));
  const page = listed(rows, isEmpty);
  const names = await namesOf(
    scope,
    page.items.flatMap(({ recordedBy }) => recordedBy ?? []),
  );
  return {
    ...page,
    items: page.items.map(({ recordedBy, ...row }) => ({
      ...row,
      recordedByName: recordedBy === null ? null : (names.get(recordedBy) ?? recordedBy),
    })),
  };
}

export async function listFetches(scope: Scope): Promise<FetchView[]> {
  requireView(scope);
  const rows = await read(scope, (db) => selectFetches(db, MOST_FETCHES));
  const names = await namesOf(
    scope,
    rows.map(({ askedBy }) => askedBy),
  );
  return rows.map(({ askedBy, ...row }) => ({ ...row, askedByName: names.get(askedBy) ?? askedBy }));
}

export async function listPagers(scope: Scope): Promise<PagerView[]> {
  requireView(scope);
  const rows = await read(scope, selectPagers);
  const names = await namesOf(
    scope,
    rows.map(({ connectedBy }) => connectedBy),
  );
  return rows.map(({ connectedBy, ...row }) => ({
    ...row,
    connectedByName: names.get(connectedBy) ?? connectedBy,
  }));
}

export const listEnvironments = (scope: Scope): Promise<string[]> => read(scope, selectEnvironments);
