// A merge that a forge was asked for before the repository was disconnected from it. Nothing is pushed any more: what arrived
// is taken as that and compared, and what did not goes back into review, with the pull request named that nobody can close now.
import type { PullStep } from "#lib/forges/connections/schema.ts";
import type { UpstreamBranch } from "../git/publish/authority.ts";
import { readAuthority } from "../git/publish/authority.ts";
import type { Workshop } from "../git/quarantine.ts";
import { cameInUpstream } from "./came-in.ts";
import { type Forge, movedTo } from "./forge.ts";
import { WAITS_FOR } from "./github/publish.ts";
import { branchOf } from "./github/pulls.ts";

const LEFT =
  "The repository was disconnected from GitHub while its pull request waited. That is left open there: close it, so that nobody merges it.";
const UNSEEN = `${LEFT} Whether it was merged before cannot be seen from here.`;
const OVER = {
  closed: "Its pull request was withdrawn before the repository was disconnected from GitHub.",
  merged:
    "GitHub merged it before the repository was disconnected, and its branch does not hold it, or cannot be read.",
} as const;

const MAYBE = (branch: string) =>
  `The repository was disconnected from GitHub while its pull request was being opened. Its branch ${branch} stands there: close the pull request where there is one, and delete the branch.`;

/**
 * Of a merge of which no pull request was written down: a branch of ours there may have one all the same, which a worker opened
 * that died right after. Then nothing is pushed either; else plain git goes on.
 */
export const unlessProposed = (
  workshop: Workshop,
  authority: UpstreamBranch,
  { plain, left }: { readonly plain: Forge; left(problem: string): Promise<void> },
): Forge => ({
  async publish(order) {
    const branch = branchOf(order.mergeId);
    const proposed = await readAuthority(workshop, { ...authority, branch });
    if (proposed.outcome === "unreachable") return proposed;
    if (proposed.commit === null) return plain.publish(order);
    return afterForge(workshop, authority, "opened", () => left(MAYBE(branch))).publish(order);
  },
});

/** `step`: where its pull request stood, as far as is known. `left` writes down what is left open. */
export const afterForge = (
  workshop: Workshop,
  authority: UpstreamBranch,
  step: PullStep,
  left: (problem: string) => Promise<void>,
): Forge => ({
  async publish({ base, commit, tree, since, now }) {
    const isOver = step === "closed" || step === "merged";
    const standing = await readAuthority(workshop, authority);
    if (standing.outcome === "unreachable" && now() - since.getTime() < WAITS_FOR) return standing;
    if (standing.outcome === "at" && standing.commit !== base) {
      const actual = standing.commit;
      const came =
        actual === null ? null : await cameInUpstream(workshop, authority, { commit, head: actual });
      if (came !== null) return movedTo({ base, tree }, came);
      if (!isOver) await left(LEFT);
      return { outcome: "base_moved", actual };
    }
    if (isOver) return { outcome: "refused", sentence: OVER[step] };
    const sentence = standing.outcome === "at" ? LEFT : UNSEEN;
    await left(sentence);
    return { outcome: "refused", sentence };
  },
});
