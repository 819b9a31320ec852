// One look at what became of a merge on its branch: in the quarantine, by object ids, and bounded however busy the branch is.
import { linesChanged, spansOf } from "#lib/merge-watches/rules.ts";
import type { Sighting } from "#lib/merge-watches/schema.ts";
import type { DueWatch } from "#lib/merge-watches/service.ts";
import { hostGit } from "../git/host-git.ts";
import { objectId } from "../git/ids.ts";
import { hasCommit } from "../git/mirror/open-mirror.ts";
import { inverseTree } from "../git/publish/inverse-tree.ts";
import { type Quarantine, quarantineGit, type Workshop, withQuarantine } from "../git/quarantine.ts";
import { succeeded } from "../git/result.ts";

type Look = Pick<DueWatch, "commit" | "mergedTree" | "beforeTree" | "head" | "headIsNewer" | "lookedAtHead">;
type Seen = Omit<Sighting, "at">;

/** Commits that are asked one by one which of them undid it; of more only the last is named. */
const ASKED = 20;
const MiB = 1024 * 1024;

/**
 * Null where the mirror does not hold the head that the database names, or that is not of after the merge: it is looked at
 * when it is. A merge is undone where
 * undoing it changes nothing any more, whoever undid it and whatever came between.
 */
export async function lookAtMerge(
  workshop: Workshop,
  mirror: string,
  watch: Look,
  linesBefore: number,
): Promise<Seen[] | null> {
  const { commit, head } = watch;
  if (!(await hasCommit(mirror, objectId(head)))) return null;
  if (head === commit) return [];
  // A head from before the merge, read before it, is no branch that was rewound.
  if (!watch.headIsNewer && (await isBelow(mirror, head, commit))) return null;
  if (!(await isBelow(mirror, commit, head)))
    return [{ ...NOTHING, seen: "rewritten", commit: head, source: "ancestry" }];
  return withQuarantine(workshop, mirror, async (quarantine) => {
    const undone = await firstUndoing(quarantine, mirror, watch);
    if (undone !== null) return [{ ...NOTHING, seen: "reverted_by_hand", commit: undone, source: "trees" }];
    const changed = await changedSince(quarantine, watch);
    if (changed === null || changed.lines <= linesBefore) return [];
    return [{ ...NOTHING, ...changed, seen: "changed_again", commit: head, source: "lines" }];
  });
}

const NOTHING = { lines: null, ofLines: null, subject: null } as const;

/** Also false where the mirror holds no such commit: then no branch of it does. */
async function isBelow(mirror: string, commit: string, head: string): Promise<boolean> {
  const args = ["merge-base", "--is-ancestor", objectId(commit), objectId(head)];
  return succeeded(await hostGit({ gitDir: mirror, args }));
}

/** The first commit of the branch, since it was looked at, at which nothing of the merge is left; null where something is. */
async function firstUndoing(quarantine: Quarantine, mirror: string, watch: Look): Promise<string | null> {
  const isUndone = async (head: string): Promise<boolean> =>
    (await inverseTree(quarantine, { ...watch, head })).outcome === "nothing_left";
  if (!(await isUndone(watch.head))) return null;
  const since = watch.lookedAtHead ?? watch.commit;
  const known = (await isBelow(mirror, since, watch.head)) ? since : watch.commit;
  const args = ["rev-list", "--first-parent", "--reverse", `^${objectId(known)}`, objectId(watch.head), "--"];
  const listed = await hostGit({ gitDir: mirror, args });
  const commits = succeeded(listed) ? listed.stdout.toString("latin1").split("\n").filter(Boolean) : [];
  for (const one of commits.length <= ASKED ? commits : []) if (await isUndone(one)) return one;
  return watch.head;
}

/** Null where the difference is too large to be counted. */
async function changedSince(
  quarantine: Quarantine,
  { beforeTree, mergedTree, head }: Look,
): Promise<{ readonly lines: number; readonly ofLines: number } | null> {
  const brought = await diffOf(quarantine, [objectId(beforeTree), objectId(mergedTree)]);
  if (brought === null) return null;
  const since = await diffOf(quarantine, [objectId(mergedTree), `${objectId(head)}^{tree}`]);
  return since === null ? null : linesChanged(spansOf(brought).added, spansOf(since).removed);
}

async function diffOf(quarantine: Quarantine, trees: readonly string[]): Promise<string | null> {
  const flags = ["-r", "-p", "-U0", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color"];
  const result = await quarantineGit(quarantine, {
    args: ["diff-tree", ...flags, "--end-of-options", ...trees],
    limits: { outputBytes: 32 * MiB },
  });
  return succeeded(result) ? result.stdout.toString("utf8") : null;
}
