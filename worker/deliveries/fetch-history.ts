// Goes on with what people asked forges for: one page a turn, in the order they were asked. A page that was written down is not
// read again, so a worker that starts anew goes on where the last one was.
import { SECOND } from "#lib/clock.ts";
import type { Fetched, FetchForWork } from "#lib/deliveries/fetches/schema.ts";
import { authorsOf, failFetch, nextFetch, notePage, noteUnfetched } from "#lib/deliveries/fetches/service.ts";
import { forgeSource } from "#lib/deliveries/github/rules.ts";
import { AppError } from "#lib/errors.ts";
import { findForgeForWork } from "#lib/forges/service.ts";
import { findRepositoryForWork } from "#lib/repositories/service.ts";
import type { Scope } from "#lib/scope.ts";
import { Answered, Silent } from "../forges/github/api.ts";
import { onGitHub } from "../forges/github/github.ts";
import { readHistory } from "../forges/github/history.ts";
import { NEEDS } from "../forges/github/with-token.ts";
import type { Workplace } from "../workplace.ts";

type Place = Pick<Workplace, "env" | "logger">;

/** A page of pull requests holds two whole repositories for each. */
const LONGEST_READ = 8 * 1024 * 1024;
/** Of one turn, so that everything else by the clock has its own. */
const AT_ONCE = 5;

export async function fetchHistory(workplace: Place, scope: Scope): Promise<void> {
  for (let turn = 0; turn < AT_ONCE; turn++) {
    const of = await nextFetch(scope);
    if (of === null) return;
    await goOn(workplace, scope, of);
  }
}

/** Counted like any other failure: one that comes every time ends the fetch, and somebody can ask anew. */
const NOT_TAKEN = "A page of GitHub's answer could not be taken in. The worker's log says why.";

async function goOn(workplace: Place, scope: Scope, of: FetchForWork): Promise<void> {
  try {
    await readPage(workplace, scope, of, of.kind);
  } catch (error) {
    if (error instanceof Answered) return failFetch(scope, of, refusedSaid(of.kind, error));
    if (error instanceof Silent)
      return noteUnfetched(scope, of, { problem: error.message, restUntil: restUntil(scope, error) });
    if (error instanceof AppError)
      return noteUnfetched(scope, of, { problem: error.message, restUntil: null });
    workplace.logger.warn(
      { err: error, fetch: of.id, page: of.page },
      "a page of a forge's history was not taken",
    );
    return noteUnfetched(scope, of, { problem: NOT_TAKEN, restUntil: null });
  }
}

async function readPage<K extends Fetched>(
  workplace: Place,
  scope: Scope,
  of: FetchForWork,
  kind: K,
): Promise<void> {
  const forge = await findForgeForWork(scope, of.repositoryId);
  if (forge === null) return failFetch(scope, of, "The repository is connected to no forge any more.");
  const { branch } = await findRepositoryForWork(scope, of.repositoryId);
  if (branch === null)
    return noteUnfetched(scope, of, { problem: "Its branch is not known yet.", restUntil: null });
  const source = forgeSource(new URL(forge.address).host);
  const author = await authorsOf(scope, source);
  const page = await onGitHub(
    workplace,
    forge,
    { now: scope.clock.now(), wanted: { needs: NEEDS[kind] }, longestRead: LONGEST_READ },
    ({ api, owner, repo }) => readHistory(kind, { api, at: { owner, repo }, of, branch, source, author }),
  );
  await notePage(scope, { ...of, kind }, page);
}

function restUntil(scope: Scope, { wait }: Silent): number | null {
  if (wait === null) return null;
  return "after" in wait ? scope.clock.now() + wait.after * SECOND : (wait.at + 1) * SECOND;
}

const WANTED: Readonly<Record<Fetched, string>> = {
  deployment: "deployments",
  outside_change: "pull requests",
  outside_ci_run: "actions",
};

const refusedSaid = (kind: Fetched, { status }: Answered): string =>
  `GitHub answered ${status}. Give the app or the token that the repository is connected with the permission to read ${WANTED[kind]}, accept it at its installation, then ask again.`;
