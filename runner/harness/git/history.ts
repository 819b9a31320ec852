import { readFileSync } from "node:fs";
import path from "node:path";
import { visibleText } from "#lib/text/rules.ts";

/** One commit of first-parent history. Names and subjects are plain text, cut to what an event holds. */
export interface Commit {
  readonly id: string;
  /** Commits of one tree behave alike; tests are run once per tree. */
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly subject: string;
}

export const HISTORY_SCRIPT = readFileSync(path.join(import.meta.dirname, "history.sh"), "utf8");

const FIELDS = 5;
const ID = /^[0-9a-f]{40}$/;

/** null when the bytes are not what history.sh writes. */
export function parseHistory(bytes: Buffer): Commit[] | null {
  const parts = bytes.toString("utf8").split("\0");
  if (parts.pop() !== "" || parts.length % FIELDS !== 0 || parts.length === 0) return null;
  const commits: Commit[] = [];
  for (let at = 0; at < parts.length; at += FIELDS) {
    const [id = "", tree = "", parentList = "", author = "", subject = ""] = parts.slice(at, at + FIELDS);
    const parents = parentList === "" ? [] : parentList.split(" ");
    if (![id, tree, ...parents].every((each) => ID.test(each))) return null;
    commits.push({ id, tree, parents, author: plain(author, 300), subject: plain(subject, 500) });
  }
  return commits;
}

const plain = (text: string, max: number) =>
  visibleText(text.slice(0, max), "line").slice(0, max).toWellFormed();
