// An anchor that is a bare git repository, which others may fetch and keep: each checkpoint is a commit on the branch
// `checkpoints` whose tree is the one file `checkpoint`, and the branch moves by compare-and-swap.
import { conflict } from "#lib/errors.ts";
import { type HostGitCall, hostGit, hostGitOutput } from "../git/host-git.ts";
import { PILOTHOUSE } from "../git/identity.ts";
import { succeeded, throwOnFailure } from "../git/result.ts";
import { anchorName, type PublishedCheckpoint, requireSame, sizeOf } from "./anchored.ts";

const BRANCH = "refs/heads/checkpoints";
const FILE = "checkpoint";
const SUBJECT = /^Checkpoint (\d+)-(\d+)$/;

type Call = Pick<HostGitCall, "args" | "input" | "env">;

/** Durable before it answers: an anchor that a power cut takes back is none. */
const DURABLE = { "core.fsync": "all" } as const;
/** A note is far smaller; the repository may be shared with strangers. */
const MAX_OUTPUT = 1024 * 1024;

const run = (gitDir: string, call: Call) =>
  hostGitOutput({ gitDir, settings: DURABLE, outputBytes: MAX_OUTPUT, ...call });

async function objectOf(gitDir: string, call: Call): Promise<string> {
  const id = (await run(gitDir, call)).toString("utf8").trim();
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(id))
    throw conflict("The anchor's git answers with no object id.");
  return id;
}

/** The commit the branch is at, or null where there is no branch. */
async function findHead(gitDir: string): Promise<string | null> {
  const args = ["for-each-ref", "--format=%(objectname)", BRANCH];
  return (await run(gitDir, { args })).toString("utf8").trim() || null;
}

interface Anchored {
  readonly epoch: number;
  readonly size: number;
  readonly note: string;
}

/** Only cat-file: what else shows a commit may run programs that the repository's configuration names. */
async function readAnchored(gitDir: string, commit: string): Promise<Anchored> {
  const object = (await run(gitDir, { args: ["cat-file", "commit", commit] })).toString("utf8");
  const note = (await run(gitDir, { args: ["cat-file", "blob", `${commit}:${FILE}`] })).toString("utf8");
  const subject = object.slice(object.indexOf("\n\n") + 2).trim();
  const [, epoch, size] = SUBJECT.exec(subject) ?? [];
  if (epoch === undefined || Number(size) !== sizeOf(note)) {
    throw conflict(`The anchor's commit ${commit} is none of this log: “${subject}”.`);
  }
  return { epoch: Number(epoch), size: Number(size), note };
}

/** False where the checkpoint is anchored; throws conflict where something later or something else is. */
function isNewer(checkpoint: PublishedCheckpoint, last: Anchored): boolean {
  const [own, kept] = [anchorName(checkpoint), anchorName(last)];
  if (own === kept) {
    requireSame(last.note, checkpoint);
    return false;
  }
  const isLater =
    checkpoint.epoch === last.epoch ? checkpoint.size > last.size : checkpoint.epoch > last.epoch;
  if (!isLater) throw conflict(`The log publishes ${own}, and the anchor is at ${kept}: the log went back.`);
  return true;
}

async function commitOf(
  gitDir: string,
  checkpoint: PublishedCheckpoint,
  parent: string | null,
): Promise<string> {
  const blob = await objectOf(gitDir, {
    args: ["hash-object", "-w", "--no-filters", "--stdin"],
    input: checkpoint.note,
  });
  const tree = await objectOf(gitDir, { args: ["mktree"], input: `100644 blob ${blob}\t${FILE}\n` });
  const date = `${Math.floor(checkpoint.signedAt.getTime() / 1000)} +0000`;
  return objectOf(gitDir, {
    args: ["commit-tree", tree, ...(parent === null ? [] : ["-p", parent])],
    input: `Checkpoint ${anchorName(checkpoint)}\n`,
    env: {
      GIT_AUTHOR_NAME: PILOTHOUSE.name,
      GIT_AUTHOR_EMAIL: PILOTHOUSE.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: PILOTHOUSE.name,
      GIT_COMMITTER_EMAIL: PILOTHOUSE.email,
      GIT_COMMITTER_DATE: date,
    },
  });
}

/** True when the checkpoint was committed now. Of two workers that race the loser finds what the winner put there. */
export async function anchorInRepository(gitDir: string, checkpoint: PublishedCheckpoint): Promise<boolean> {
  const parent = await findHead(gitDir);
  if (parent !== null && !isNewer(checkpoint, await readAnchored(gitDir, parent))) return false;
  const commit = await commitOf(gitDir, checkpoint, parent);
  const args = ["update-ref", BRANCH, commit, parent ?? "0".repeat(commit.length)];
  const moved = await hostGit({ gitDir, settings: DURABLE, args });
  if (succeeded(moved)) return true;
  const head = await findHead(gitDir);
  if (head === null || head === parent) throwOnFailure(moved, args);
  else if (isNewer(checkpoint, await readAnchored(gitDir, head))) throwOnFailure(moved, args);
  return false;
}
