// A merge that waited on a forge when the repository was disconnected from it. Nothing waits any more: what arrived is taken
// as that, and what did not goes back into review, with the pull request named that nobody here can close now.
import type { UpstreamBranch } from "../git/publish/authority.ts";
import { readAuthority } from "../git/publish/authority.ts";
import type { Workshop } from "../git/quarantine.ts";
import type { Forge } from "./forge.ts";
import { WAITS_FOR } from "./github/publish.ts";
import { plainGit } from "./plain-git.ts";

const LEFT =
  "The repository was disconnected from GitHub while its pull request waited. That is left open there: close it, so that nobody merges it.";
const UNSEEN = `${LEFT} Whether it was merged before cannot be seen from here.`;

/** `left` writes down what is left open. */
export const afterForge = (
  workshop: Workshop,
  authority: UpstreamBranch,
  left: (problem: string) => Promise<void>,
): Forge => ({
  async publish(order) {
    const standing = await readAuthority(workshop, authority);
    const isLate = order.now() - order.since.getTime() >= WAITS_FOR;
    if (standing.outcome === "unreachable" && !isLate) return standing;
    // It moved, by our merge or by others: plain git tells which, and pushes nothing there.
    if (standing.outcome === "at" && standing.commit !== order.base) {
      const published = await plainGit(workshop, authority).publish(order);
      if (published.outcome === "base_moved") await left(LEFT);
      return published;
    }
    const sentence = standing.outcome === "at" ? LEFT : UNSEEN;
    await left(sentence);
    return { outcome: "refused", sentence };
  },
});
