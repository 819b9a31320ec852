import { hostGitOutput } from "../host-git.ts";
import { objectId, refName } from "../ids.ts";
import { plainLine } from "../sentences.ts";

export interface CommitLine {
  readonly id: string;
  /** As the commit claims; made plain. */
  readonly author: string;
  /** Author's date as the commit claims, ISO 8601; null where it is none. */
  readonly date: string | null;
  readonly subject: string;
  readonly parents: readonly string[];
}

const FIELDS = ["%H", "%P", "%an", "%at", "%s"];
const MOST = 1000;

/** Commits reachable from a full ref or a commit id, newest first, along first parents. */
export async function listCommits(mirror: string, from: string, limit: number): Promise<CommitLine[]> {
  const start = from.startsWith("refs/") ? refName(from) : objectId(from);
  const args = [
    "log",
    "-z",
    "--first-parent",
    "--no-show-signature",
    "--no-decorate",
    "--no-notes",
    "--no-mailmap",
    `--max-count=${Math.min(Math.max(1, Math.trunc(limit)), MOST)}`,
    `--format=${FIELDS.join("%x1f")}`,
    "--end-of-options",
    start,
  ];
  const output = await hostGitOutput({ gitDir: mirror, args });
  return output
    .toString("utf8")
    .split("\0")
    .filter((line) => line !== "")
    .map(parseCommit);
}

function parseCommit(line: string): CommitLine {
  // The subject comes last: it may hold the separator itself.
  const [id = "", parents = "", author = "", seconds = "", ...subject] = line.split("\u001f");
  return {
    id,
    parents: parents.split(" ").filter((parent) => parent !== ""),
    author: plainLine(author, 200),
    date: isoDate(Number(seconds)),
    subject: plainLine(subject.join(" "), 300),
  };
}

function isoDate(seconds: number): string | null {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
