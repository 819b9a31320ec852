// Which commits a deployment brought: those that its head reaches and the head before it did not, asked of git inside the
// sandbox, since people and agents wrote them.
import {
  type Candidate,
  type DueDeployment,
  listCandidates,
  listDueDeployments,
  noteContents,
} from "#lib/deliveries/contents/service.ts";
import type { Scope } from "#lib/scope.ts";
import { objectId } from "../git/ids.ts";
import { hasCommit } from "../git/mirror/open-mirror.ts";
import { type Quarantine, quarantineGit, withQuarantine } from "../git/quarantine.ts";
import { succeeded } from "../git/result.ts";
import type { Workplace } from "../workplace.ts";

type Place = Pick<Workplace, "workshop" | "mirrorOf" | "logger">;

/** A million commits' names; what is more is no deployment's. */
const LONGEST_LIST = 64 * 1024 * 1024;

/** By repository: one quarantine and one reading of what may have been deployed for all of its deployments. */
export async function findContents(place: Place, scope: Scope): Promise<void> {
  const due = await listDueDeployments(scope);
  for (const repositoryId of new Set(due.map((each) => each.repositoryId))) {
    const own = due.filter((each) => each.repositoryId === repositoryId);
    await findOf(place, scope, repositoryId, own).catch((err: unknown) => {
      place.logger.warn(
        { err, repositoryId },
        "what deployments brought was not found; it is looked for again",
      );
      return noteAll(scope, own, "failed");
    });
  }
}

async function noteAll(
  scope: Scope,
  due: readonly DueDeployment[],
  state: "failed" | "not_here",
): Promise<void> {
  const lookedAt = new Date(scope.clock.now());
  for (const deployment of due) await noteContents(scope, { deployment, state, carries: [], lookedAt });
}

async function findOf(
  { workshop, mirrorOf }: Place,
  scope: Scope,
  repositoryId: string,
  due: readonly DueDeployment[],
): Promise<void> {
  const mirror = mirrorOf(repositoryId);
  const isHere = async ({ headSha, previousSha }: DueDeployment) =>
    (await hasCommit(mirror, objectId(headSha))) &&
    (previousSha === null || (await hasCommit(mirror, objectId(previousSha))));
  const here: DueDeployment[] = [];
  for (const each of due) {
    if (await isHere(each)) here.push(each);
    else await noteAll(scope, [each], "not_here");
  }
  if (here.length === 0) return;
  const lookedAt = new Date(scope.clock.now());
  const candidates = await listCandidates(scope, repositoryId);
  await withQuarantine(workshop, mirror, async (quarantine) => {
    for (const deployment of here) {
      const carries = await broughtBy(quarantine, deployment, candidates);
      const state = carries === null ? "failed" : "found";
      await noteContents(scope, { deployment, state, carries: carries ?? [], lookedAt });
    }
  });
}

/** Null where git does not say. */
async function broughtBy(
  quarantine: Quarantine,
  { headSha, previousSha }: DueDeployment,
  candidates: readonly Candidate[],
): Promise<readonly Candidate[] | null> {
  if (candidates.length === 0) return [];
  const without = previousSha === null ? [] : [`^${objectId(previousSha)}`];
  const result = await quarantineGit(quarantine, {
    args: ["rev-list", objectId(headSha), ...without, "--"],
    limits: { outputBytes: LONGEST_LIST },
  });
  if (!succeeded(result)) return null;
  const brought = new Set(result.stdout.toString("latin1").split("\n"));
  return candidates.filter(({ commit }) => brought.has(commit));
}
