// What the forge's own rules hold of a repository's branch, read on connecting, by the clock, and when the forge says that
// they changed.

import { AppError } from "#lib/errors.ts";
import { noteRules, noteUnread } from "#lib/forges/holding/note-rules.ts";
import type { RulesSeen } from "#lib/forges/holding/schema.ts";
import { findForgeForWork } from "#lib/forges/service.ts";
import type { JobPayload } from "#lib/jobs/schema.ts";
import { findRepositoryForWork } from "#lib/repositories/service.ts";
import type { Scope } from "#lib/scope.ts";
import { Answered, goneSaid, isGone, Silent } from "../forges/github/api.ts";
import { onGitHub } from "../forges/github/github.ts";
import { readRules } from "../forges/github/rules.ts";
import { NEEDS } from "../forges/github/with-token.ts";
import type { Workplace } from "../workplace.ts";

/** GitHub shows who may act past a rule only to who may change it: asked for where the app was given that. */
const WANTED = { needs: NEEDS.read, ifGiven: { administration: "write" } } as const;

/** Of the answers to an app itself: its key, its installation, its access to the repository. */
const NO_LEAVE = [401, 403, 404, 422];

export async function readForgeRules(
  workplace: Pick<Workplace, "env">,
  scope: Scope,
  { repositoryId }: JobPayload<"read_forge_rules">,
): Promise<void> {
  const forge = await findForgeForWork(scope, repositoryId);
  if (forge === null) return;
  const { branch } = await findRepositoryForWork(scope, repositoryId);
  if (branch === null) return; // the clock asks again once it is known
  try {
    const seen = await onGitHub(
      workplace,
      forge,
      { now: scope.clock.now(), wanted: WANTED },
      ({ api, owner, repo, installed }) =>
        readRules(api, { owner, repo }, { branch, app: installed?.app ?? null }),
    ).catch((error: unknown): RulesSeen | null => {
      if (error instanceof Answered && NO_LEAVE.includes(error.status)) return null;
      throw error;
    });
    await noteRules(scope, { repositoryId, connectionId: forge.id, branch, seen });
  } catch (error) {
    const of = { repositoryId, connectionId: forge.id, branch };
    if (error instanceof Answered)
      return noteUnread(scope, { ...of, problem: answeredSaid(error), isGone: isGone(error) });
    // An address that this worker may not go to any more is said on the page, too.
    if (!(error instanceof Silent || error instanceof AppError)) throw error;
    await noteUnread(scope, { ...of, problem: error.message });
  }
}

const answeredSaid = (error: Answered): string =>
  isGone(error) ? goneSaid(error) : `GitHub answered ${error.status}.`;
