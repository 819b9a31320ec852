// The forge that is none: one push that moves the branch, or our own ref. It always works.
import { unavailable } from "#lib/errors.ts";
import { hostGit } from "../git/host-git.ts";
import { mirrorRepository } from "../git/mirror/mirror-repository.ts";
import type { Authority } from "../git/publish/authority.ts";
import { publishCommit } from "../git/publish/publish-commit.ts";
import type { Workshop } from "../git/quarantine.ts";
import { succeeded } from "../git/result.ts";
import type { Forge, Published } from "./forge.ts";

export const plainGit = (workshop: Workshop, authority: Authority): Forge => ({
  async publish({ base, commit, held }): Promise<Published> {
    const result = await publishCommit(workshop, { authority, base, commit, held });
    const moved = { outcome: "moved", commit, otherTree: null } as const;
    if (result.outcome === "moved") return moved;
    if (result.outcome !== "base_moved") return result;
    return (await isBelow(workshop, authority, commit, result.actual)) ? moved : result;
  },
});

/** Others may have gone on from our commit before its move was written down: then it moved, once. */
async function isBelow(
  workshop: Workshop,
  authority: Authority,
  commit: string,
  actual: string | null,
): Promise<boolean> {
  if (actual === null) return false;
  const { mirror, branch } = authority;
  if (authority.kind === "upstream") {
    const { source, network, credential, ssh } = authority;
    const fetched = await mirrorRepository(workshop, { source, network, mirror, branch, credential, ssh });
    if (fetched.outcome === "unreachable") throw unavailable(fetched.sentence);
  }
  const args = ["merge-base", "--is-ancestor", commit, actual];
  return succeeded(await hostGit({ gitDir: mirror, args }));
}
