// What a branch got since it was looked at last.
import { hostGitOutput } from "../host-git.ts";
import { objectId } from "../ids.ts";
import { hasCommit } from "./open-mirror.ts";

/** Nobody approves so many at once; of more the newest are looked at. */
const MOST = 1000;

/** Of the branch itself and of what was merged into it, the newest first. */
export async function commitsSince(
  mirror: string,
  before: string,
  head: string,
): Promise<{ readonly commit: string; readonly tree: string }[]> {
  const known = (await hasCommit(mirror, before)) ? [`^${objectId(before)}`] : [];
  const args = ["log", "--format=%H %T", `--max-count=${MOST}`, objectId(head), ...known, "--"];
  const listing = (await hostGitOutput({ gitDir: mirror, args })).toString("latin1");
  return listing
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => ({ commit: line.slice(0, 40), tree: line.slice(41, 81) }));
}
