// How branches are made: the repair that the run is about, and beside it whatever is tried.
import { commitFiles, type FileTree, makeCommit, playGit } from "#lib/testing/git/author.ts";
import { MENDED } from "#lib/testing/verify-scene.ts";
import { type Leaf, plantTree } from "../../import/plants.ts";
import type { Agent } from "../attempt.ts";

export const file = (path: string, content: string, mode: Leaf["mode"] = "100644"): Leaf => ({
  path: path.split("/"),
  mode,
  content,
});
export const link = (path: string, target: string): Leaf => file(path, target, "120000");
export const gitlink = (path: string, commit = "1".repeat(40)): Leaf => file(path, commit, "160000");

/** In the message of what is handed in: it may stand in nothing that is published. */
export const OWN_WORDS = "The agent's own words";

/** The repair and these files, committed with an ordinary git in the clone. */
export const repaired = ({ work }: Agent, files: FileTree = {}): string =>
  commitFiles(work, { ...MENDED, ...files }, OWN_WORDS);

/** The repair and these leaves, written past everything that an ordinary git refuses. */
export function planted(agent: Agent, ...leaves: readonly Leaf[]): string {
  const { work, base } = agent;
  const mended = repaired(agent);
  return makeCommit(work, plantTree(work, mended, leaves), [base], OWN_WORDS);
}

/** A commit of this raw text, unchecked. */
export const rawCommit = ({ work }: Agent, text: string | Buffer): string =>
  playGit(work, ["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], text);
