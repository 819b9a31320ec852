// What is signed about a commit, in a git note beside it: in our own repository, and offered to the upstream.
import type { NoteOutcome } from "#lib/attestations/service.ts";
import { hostGit } from "../host-git.ts";
import { objectId } from "../ids.ts";
import { failureSentence, succeeded } from "../result.ts";
import type { Unreachable } from "../ssh/ssh-git.ts";
import type { Authority } from "./authority.ts";
import { pushNotes } from "./publish-commit.ts";
import type { Identity } from "./rebuild-commit.ts";

export const NOTES_REF = "refs/notes/pilothouse";

export interface NoteOrder {
  readonly authority: Authority;
  readonly commit: string;
  readonly text: string;
  readonly by: Identity;
  /** Seconds. */
  readonly date: number;
}

/** Safe to repeat: the same note is written over itself. `unreachable`: ask again later. */
export async function writeNote(order: NoteOrder): Promise<NoteOutcome | Unreachable> {
  const { authority, commit, text, by, date } = order;
  const when = `@${date} +0000`;
  const written = await hostGit({
    gitDir: authority.mirror,
    args: ["notes", `--ref=${NOTES_REF}`, "add", "--force", "--file=-", objectId(commit)],
    input: text,
    env: {
      ...{ GIT_AUTHOR_NAME: by.name, GIT_AUTHOR_EMAIL: by.email, GIT_AUTHOR_DATE: when },
      ...{ GIT_COMMITTER_NAME: by.name, GIT_COMMITTER_EMAIL: by.email, GIT_COMMITTER_DATE: when },
    },
  });
  if (!succeeded(written))
    return { outcome: "refused", sentence: `The note was not written: ${failureSentence(written)}.` };
  if (authority.kind === "own") return { outcome: "written" };
  const failure = await pushNotes(authority, NOTES_REF);
  if (failure === null) return { outcome: "written" };
  return failure;
}
