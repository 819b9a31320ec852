// Whether anything that an agent wrote, beside what people approved of it, lies where it could be published from, a ref leading
// to it or not. Pure but for git; repositories that somebody hostile can write to are disarmed before.
import { playGit, playGitBytes } from "#lib/testing/git/author.ts";
import { EMPTY_TREE } from "#worker/git/ids.ts";

/** The agent's clone, and the commit that it was given. */
export interface Written {
  readonly work: string;
  readonly base: string;
}

export interface Place {
  /** `the mirror`. */
  readonly name: string;
  readonly path: string;
  /** A tree of the agent's that may be there, with all that it holds; null where nothing of it may. */
  readonly approved: string | null;
}

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

const objectsOf = (path: string): string[] =>
  linesOf(playGit(path, ["cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)"]));

const reachedFrom = (path: string, ref: string): Set<string> =>
  new Set(linesOf(playGit(path, ["rev-list", "--objects", "--no-object-names", "--end-of-options", ref])));

const heldBy = (path: string, tree: string | null): string[] =>
  tree === null ? [] : [tree, ...linesOf(playGit(path, ["ls-tree", "-r", "-t", "--object-only", tree]))];

/** Commits, trees and blobs of the agent's, those no ref of its own leads to among them. */
export function writtenBy({ work, base }: Written, approved: string | null): string[] {
  const known = reachedFrom(work, base).union(new Set([...heldBy(work, approved), EMPTY_TREE]));
  return objectsOf(work).filter((id) => !known.has(id));
}

const NAMED = 3;

/** A sentence where objects of the agent's are there that may not be; else none. */
export function objectsLeft(written: Written, { name, path, approved }: Place): string[] {
  const ids = writtenBy(written, approved);
  if (ids.length === 0) return [];
  const answers = linesOf(
    playGit(path, ["cat-file", "--batch-check=%(objectname) %(objecttype)"], `${ids.join("\n")}\n`),
  );
  const there = answers.filter((line) => !line.endsWith(" missing"));
  if (there.length === 0) return [];
  const found = new Set(there.map((line) => line.slice(0, line.indexOf(" "))));
  const refs = linesOf(playGit(path, ["for-each-ref", "--format=%(refname)"])).filter(
    (ref) => !reachedFrom(path, ref).isDisjointFrom(found),
  );
  const ways = refs.length === 0 ? "to which no ref leads" : `to which ${refs.join(", ")} leads`;
  const first = there.slice(0, NAMED).join(", ");
  return [`in ${name} are ${there.length} objects that the agent wrote, ${ways}: ${first}`];
}

/** One for each of these words that stands in an object beyond the base, or in the name of a ref. */
export function wordsLeft(
  { base }: Written,
  { name, path }: Place,
  words: Readonly<Record<string, string>>,
): string[] {
  const known = reachedFrom(path, base);
  const ids = objectsOf(path).filter((id) => !known.has(id));
  const contents = playGitBytes(path, ["cat-file", "--batch", "--buffer"], `${ids.join("\n")}\n`);
  const refs = playGitBytes(path, ["for-each-ref", "--format=%(refname)"]);
  return Object.entries(words)
    .filter(([, word]) => contents.includes(word) || refs.includes(word))
    .map(([what]) => `in ${name} stands ${what}`);
}
