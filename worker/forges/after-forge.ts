// A merge that a forge was asked for before the repository was disconnected from it. Nothing is pushed any more: what arrived
// is taken as that and compared, and what did not goes back into review, with the pull request named that nobody can close now.
import type { PullStep } from "#lib/forges/connections/schema.ts";
import type { UpstreamBranch } from "../git/publish/authority.ts";
import { readAuthority } from "../git/publish/authority.ts";
import type { Workshop } from "../git/quarantine.ts";
import { cameInUpstream } from "./came-in.ts";
import type { Forge } from "./forge.ts";
import { WAITS_FOR } from "./github/publish.ts";

const LEFT =
  "The repository was disconnected from GitHub while its pull request waited. That is left open there: close it, so that nobody merges it.";
const UNSEEN = `${LEFT} Whether it was merged before cannot be seen from here.`;
const OVER = {
  closed: "Its pull request was withdrawn before the repository was disconnected from GitHub.",
  merged:
    "GitHub merged it before the repository was disconnected, and its branch does not hold it, or cannot be read.",
} as const;

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
      if (came !== null)
        return { outcome: "moved", commit: came.commit, otherTree: came.tree === tree ? null : came.tree };
      if (!isOver) await left(LEFT);
      return { outcome: "base_moved", actual };
    }
    if (isOver) return { outcome: "refused", sentence: OVER[step] };
    const sentence = standing.outcome === "at" ? LEFT : UNSEEN;
    await left(sentence);
    return { outcome: "refused", sentence };
  },
});
