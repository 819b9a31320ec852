// Which forge a repository's merges go to: the one it is connected with, else plain git.
import { findLastForge, findOnForge, noteLeftOpen } from "#lib/forges/pulls/left-open.ts";
import { noteForgePull } from "#lib/forges/pulls/service.ts";
import { findForgeForWork } from "#lib/forges/service.ts";
import type { MergeIntent } from "#lib/merges/service.ts";
import type { Scope } from "#lib/scope.ts";
import type { Authority } from "../git/publish/authority.ts";
import type { Workplace } from "../workplace.ts";
import { afterForge, unlessProposed } from "./after-forge.ts";
import type { Forge } from "./forge.ts";
import { gitHub } from "./github/github.ts";
import { plainGit } from "./plain-git.ts";

export async function openForge(
  workplace: Workplace,
  scope: Scope,
  merge: MergeIntent,
  authority: Authority,
): Promise<Forge> {
  const connected = authority.kind === "own" ? null : await findForgeForWork(scope, merge.repositoryId);
  if (authority.kind === "own") return plainGit(workplace.workshop, authority);
  const { id: mergeId, runId, repositoryId } = merge;
  const of = { mergeId, runId, repositoryId };
  if (connected === null) {
    const asked = await findOnForge(scope, mergeId);
    const left = (number: number | null, address: string) => (problem: string) =>
      noteLeftOpen(scope, { ...of, number, address, problem });
    if (asked === null) {
      const plain = plainGit(workplace.workshop, authority);
      const address = await findLastForge(scope, repositoryId);
      return address === null
        ? plain
        : unlessProposed(workplace.workshop, authority, { plain, left: left(null, address) });
    }
    const { number, address, step } = asked;
    return afterForge(workplace.workshop, authority, step, left(number, address));
  }
  const forge = gitHub(workplace, connected, authority, (pull) =>
    noteForgePull(scope, { ...of, pull, problem: null }),
  );
  return {
    async publish(order) {
      const published = await forge.publish(order);
      if (published.outcome === "unreachable")
        await noteForgePull(scope, { ...of, problem: published.sentence });
      if (published.outcome === "refused")
        await noteForgePull(scope, { ...of, problem: published.sentence, isOver: true });
      return published;
    },
  };
}
