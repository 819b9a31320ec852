import { maySee, requirePermission } from "../authz/require.ts";
import { type Db, read, type Tx, transaction } from "../db.ts";
import { conflict, notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { enqueue } from "../jobs/queue.ts";
import { notify } from "../notify.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { changeOf, made } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import { readSource, repositoryState } from "./rules.ts";
import type { AddRepository, BaseBundle, LabelRepository, MirrorReport, RepositoryView } from "./schema.ts";
import {
  findBundle,
  findRepository,
  insertRepository,
  lockRepository,
  type RepositoryStateRow,
  selectReleasedIds,
  selectRepositories,
  selectResting,
  updateRepository,
  upsertBundle,
} from "./store.ts";

/** Repositories are shared by all pilots: every member of the organisation or of a pilot sees them. */
export async function listRepositories(scope: Scope): Promise<RepositoryView[]> {
  return read(scope, (db) => selectRepositories(db, null));
}

export async function getRepository(scope: Scope, repositoryId: string): Promise<RepositoryView> {
  const [repository] = await read(scope, (db) => selectRepositories(db, repositoryId));
  if (!repository) throw notFound("repository");
  return repository;
}

/** Writes the repository down and asks the worker to mirror it. Throws refused with the sentence for the field. */
export async function addRepository(scope: Scope, input: AddRepository): Promise<{ repositoryId: string }> {
  requirePermission(scope, "repository.add", null);
  const reading = readSource(input.source);
  if (!reading.ok) throw refused(reading.sentence, { source: [reading.sentence] });
  const { kind: sourceKind, source } = reading;
  return transaction(scope, async (tx) => {
    const now = scope.clock.now();
    const id = newId("repository", now);
    await insertRepository(tx.db, {
      id,
      name: input.name,
      source,
      sourceKind,
      branch: input.branch ?? null,
      authority: input.authority,
      state: "waiting",
      createdBy: actorId(scope.actor),
      createdAt: new Date(now),
    });
    tx.record({
      kind: "repository.added",
      about: [`repository:${id}`],
      ...made(repositoryState({ id, state: "waiting", branch: input.branch ?? null, headCommit: null })),
      detail: {
        source_kind: sourceKind,
        source_sha256: sha256Hex(Buffer.from(source, "utf8")),
        branch: input.branch ?? null,
        authority: input.authority,
      },
    });
    await enqueue(tx, "mirror_repository", { repositoryId: id }, id);
    return { repositoryId: id };
  });
}

/** Asks the worker to look again. A ready repository stays ready meanwhile. */
export async function requestSync(scope: Scope, repositoryId: string): Promise<void> {
  requirePermission(scope, "repository.sync", null);
  await transaction(scope, async (tx) => {
    const repository = await locked(tx, repositoryId);
    if (repository.state === "problem") await updateRepository(tx.db, repositoryId, { state: "waiting" });
    tx.record({ kind: "repository.sync_requested", about: [`repository:${repositoryId}`], detail: {} });
    if ((await selectReleasedIds(tx.db)).includes(repositoryId))
      throw refused(
        "Its mirror was deleted as its pilot was closed. It is fetched again once a pilot is written for it.",
      );
    await enqueue(tx, "mirror_repository", { repositoryId }, repositoryId);
    await enqueue(tx, "read_forge_rules", { repositoryId }, repositoryId);
  });
}

/**
 * What charters know the repository by. A charter in force is held to it from the next launch on. A label that one in force names
 * is put on by one person and taken off by nobody: two have to want another charter first.
 */
export async function labelRepository(
  scope: Scope,
  { repositoryId, labels }: LabelRepository,
): Promise<void> {
  requirePermission(scope, "repository.add", null);
  await transaction(scope, async (tx) => {
    const before = await locked(tx, repositoryId);
    if (before.labels.join() === labels.join()) return;
    await refuseRestedOn(tx, scope, before, labels);
    await updateRepository(tx.db, repositoryId, { labels });
    const state = (known: readonly string[]) => ({ repository: repositoryId, labels: [...known] });
    tx.record({
      kind: "repository.labelled",
      about: [`repository:${repositoryId}`],
      ...changeOf(state(before.labels), state(labels)),
      detail: { labels },
    });
  });
}

/** Pilots that whoever labels may not see are counted. */
async function refuseRestedOn(
  { db }: Tx,
  scope: Scope,
  before: RepositoryStateRow,
  labels: readonly string[],
): Promise<void> {
  const gone = before.labels.filter((label) => !labels.includes(label));
  const resting = gone.length === 0 ? [] : await selectResting(db, before.id, gone);
  if (resting.length === 0) return;
  const named = [...new Set(resting.map(({ label }) => `“${label}”`))].join(", ");
  const pilots = new Map(resting.map(({ id, name }) => [id, name]));
  const seen = [...pilots].filter(([id]) => maySee(scope, id)).map(([, name]) => name);
  const hidden = pilots.size - seen.length;
  const who = [...seen, ...(hidden > 0 ? [`${hidden} you may not see`] : [])].join(", ");
  const sentence = `${named} cannot be taken off: charters in force name it (${who}). Amend these charters first, which takes a second person, or end the pilots.`;
  throw refused(sentence, { labels: [sentence] });
}

/**
 * For the worker: what mirroring gave. The branch is settled by the first success. False when the head has moved
 * since `seen`, the head known when the look began: the report is older than what is known, and counts for nothing.
 */
export async function recordMirror(
  scope: Scope,
  repositoryId: string,
  report: MirrorReport,
  seen?: string | null,
): Promise<boolean> {
  return transaction(scope, async (tx) => {
    const before = await locked(tx, repositoryId);
    if (seen !== undefined && before.headCommit !== seen) return false;
    if (saysNothingNew(before, report)) return true;
    if (report.outcome === "mirrored") {
      const { branch, head, commits } = report;
      await updateRepository(tx.db, repositoryId, {
        state: "ready",
        problem: null,
        problemDetail: null,
        branch,
        headCommit: head,
        commits,
        mirroredAt: new Date(scope.clock.now()),
      });
    } else {
      await updateRepository(tx.db, repositoryId, {
        state: "problem",
        problem: report.outcome,
        problemDetail: report.sentence,
      });
    }
    tx.record({
      kind: "repository.mirrored",
      about: [`repository:${repositoryId}`],
      ...changeOf(repositoryState(before), repositoryState(afterReport(before, report))),
      detail:
        report.outcome === "mirrored"
          ? { outcome: report.outcome, branch: report.branch, head: report.head, commits: report.commits }
          : { outcome: report.outcome },
    });
    await notify(tx, "work_waiting", "");
    return true;
  });
}

function afterReport(before: RepositoryStateRow, report: MirrorReport): RepositoryStateRow {
  if (report.outcome !== "mirrored") return { ...before, state: "problem" };
  return { ...before, state: "ready", branch: report.branch, headCommit: report.head };
}

/** Looking is by the clock; only what changed is written down. */
function saysNothingNew(before: RepositoryStateRow, report: MirrorReport): boolean {
  if (report.outcome !== "mirrored") {
    return (
      before.state === "problem" &&
      before.problem === report.outcome &&
      before.problemDetail === report.sentence
    );
  }
  return before.state === "ready" && before.headCommit === report.head && before.branch === report.branch;
}

/** A merge of ours moved the branch. Throws conflict when the head known here is another one. */
export async function moveHead(tx: Tx, repositoryId: string, from: string, to: string): Promise<void> {
  const repository = await locked(tx, repositoryId);
  if (repository.headCommit !== from) throw conflict("The repository's head has moved since.");
  await updateRepository(tx.db, repositoryId, { headCommit: to, commits: (repository.commits ?? 0) + 1 });
  tx.record({
    kind: "repository.head_moved",
    about: [`repository:${repositoryId}`],
    ...changeOf(repositoryState(repository), repositoryState({ ...repository, headCommit: to })),
    detail: { from, to },
  });
}

async function locked(tx: Tx, repositoryId: string): Promise<RepositoryStateRow> {
  const repository = await lockRepository(tx.db, repositoryId);
  if (!repository) throw notFound("repository");
  return repository;
}

/** For other services, inside their transaction. */
export async function findRepositoryState(db: Db, repositoryId: string): Promise<RepositoryStateRow | null> {
  return findRepository(db, repositoryId);
}

/** For the worker: what to mirror. */
export async function findRepositoryForWork(scope: Scope, repositoryId: string): Promise<RepositoryStateRow> {
  const repository = await read(scope, (db) => findRepository(db, repositoryId));
  if (!repository) throw notFound("repository");
  return repository;
}

/** The file a runner starts from, if the worker has made it. */
export async function findBaseBundle(
  db: Db,
  repositoryId: string,
  commit: string,
): Promise<BaseBundle | null> {
  return findBundle(db, repositoryId, commit);
}

/** For the worker: the file is in its place. Wakes the runners that wait for it. */
export async function recordBaseBundle(scope: Scope, bundle: BaseBundle): Promise<void> {
  await transaction(scope, async (tx) => {
    await upsertBundle(tx.db, bundle, new Date(scope.clock.now()));
    await notify(tx, "work_waiting", "");
  });
}

/** By the clock: every repository is looked at again, so that a base that moved is noticed; but those of closed pilots alone. */
export async function requestMirrors(scope: Scope): Promise<void> {
  await transaction(scope, async (tx) => {
    const released = new Set(await selectReleasedIds(tx.db));
    for (const { id } of await selectRepositories(tx.db, null)) {
      if (released.has(id)) continue;
      await enqueue(tx, "mirror_repository", { repositoryId: id }, id);
    }
  });
}

/** Its mirror was deleted as its pilot was closed, and no pilot is open on it since: nothing fetches it again. */
export const isReleased = (scope: Scope, repositoryId: string): Promise<boolean> =>
  read(scope, async (db) => (await selectReleasedIds(db)).includes(repositoryId));
