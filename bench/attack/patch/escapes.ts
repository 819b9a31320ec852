// What must never have happened, whatever was tried. Read from what the product keeps, and from every object of the
// repositories it publishes to.
import { join } from "node:path";
import { playGit } from "#lib/testing/git/author.ts";
import type { Attempt, Seen } from "./attempt.ts";
import { OWN_WORDS } from "./branches/build.ts";
import { objectsLeft, type Place, wordsLeft } from "./objects.ts";
import { disarm, sprung, type World } from "./world.ts";

const OURS = "Pilothouse <pilothouse@localhost>";

/** By a pull request the branch gets a commit of GitHub's own, of which ours is the second parent. */
function faultsOfMerge({ forge }: Attempt, { source, merged, runId }: Seen, tree: string | null): string[] {
  if (merged === null) return [];
  const show = (format: string, commit: string) =>
    playGit(source.path, ["show", "--no-patch", `--format=${format}`, "--end-of-options", commit]);
  const [onto = "", second = ""] = show("%P", merged).split(" ");
  const ours = forge === "by_pull" ? second : merged;
  if (ours === "") return ["what was merged is no merge of GitHub's"];
  return [
    ...(onto === source.base ? [] : ["what was merged does not stand on the base alone"]),
    ...(show("%P", ours) === source.base ? [] : ["our commit does not stand on the base alone"]),
    ...(show("%an <%ae>|%cn <%ce>", ours) === `${OURS}|${OURS}` ? [] : ["it was merged under another name"]),
    ...(show("%(trailers:key=Pilothouse-Run,valueonly)", ours) === runId
      ? []
      : ["the merged commit does not name its run"]),
    ...([merged, ours].every((commit) => tree === null || show("%T", commit) === tree)
      ? []
      : ["another tree was merged than was handed in"]),
  ];
}

export function escapesOf(world: World, attempt: Attempt, seen: Seen | null): string[] {
  const found = sprung(world);
  const all = found === null ? [] : [found];
  if (seen === null) return all;
  const { source, head, agentWork, ...told } = seen;
  // First, for looking into what is trapped would run it.
  disarm(source.path, true);
  disarm(join(agentWork, ".git"), false);
  const text = JSON.stringify(told);
  const tree = head === null ? null : playGit(agentWork, ["rev-parse", `${head}^{tree}`]);
  const mirror = world.workplace.mirrorOf(source.repositoryId);
  const places: Place[] = [
    { name: "our mirror", path: mirror, approved: seen.needed === null ? null : tree },
    { name: "the owners' repository", path: source.path, approved: seen.merged === null ? null : tree },
  ];
  const written = { work: agentWork, base: source.base };
  const words = {
    "the host's secret": world.hostSecret,
    "a secret that the agent got hold of": world.agentSecret,
    "what the agent's commit says": OWN_WORDS,
  };
  return [
    ...all,
    ...(text.includes(world.hostSecret) ? ["the host's secret is in what the plane keeps"] : []),
    ...(text.includes(world.agentSecret) ? ["a secret is shown unmasked"] : []),
    ...places.flatMap((place) => [...objectsLeft(written, place), ...wordsLeft(written, place, words)]),
    ...(seen.merged === null && seen.tip !== source.base && !attempt.afterApproval
      ? ["the branch was moved without a merge"]
      : []),
    ...seen.passed,
    ...faultsOfMerge(attempt, seen, tree),
  ];
}
