// What a failed push means for a person. Whether the branch moved meanwhile is asked separately.
import { failureSentence, type GitResult } from "../result.ts";
import { plainLine, shownPath } from "../sentences.ts";
import type { Source } from "../source/check-source.ts";
import type { Unreachable } from "../ssh/ssh-git.ts";

export type NotPushed =
  | { readonly outcome: "refused"; readonly sentence: string }
  /** Whether it arrived is not known. */
  | Unreachable;

export const refusedBecause = (sentence: string): NotPushed => ({ outcome: "refused", sentence });

/** GitHub's words, GitLab's and Gitea's, for a key that may read alone. */
const READ_ONLY =
  /marked as read only|deploy key (?:does not have|is not allowed|doesn't have)|not allowed to (?:push|upload)/i;

/** The same words, of a branch that takes nothing from this key and of which the key's rights say nothing. */
const PROTECTED = /protected branch/i;

/** The upstream's own line, to stand beside a sentence of ours; nothing where it has none. */
function saying(stderr: string, what: RegExp): string {
  const line = stderr.split(/[\r\n]+/).find((each) => what.test(each));
  return line === undefined ? "" : ` It said: ${plainLine(line.replace(/^remote:\s*/, ""), 300)}`;
}

export function pushFailure(result: GitResult, source: Source, branch: string): NotPushed {
  const rejected = /^!\t[^\t]*\t(.*)$/m.exec(result.stdout.toString("utf8"))?.[1];
  const name = shownPath(branch, 80);
  if (source.kind === "path" && /checked out/.test(`${rejected} ${result.stderr}`)) {
    const where = shownPath(source.path);
    return refusedBecause(
      `The branch ${name} is checked out in ${where}, and git does not move a branch under a work tree. Check out another branch there, or use a bare repository (git clone --bare) as the upstream.`,
    );
  }
  if (source.kind === "ssh" && READ_ONLY.test(result.stderr) && !PROTECTED.test(result.stderr))
    return refusedBecause(
      `${source.place.host} lets the deploy key read and not write. Allow it to write there, or let approved merges move a branch kept here.${saying(result.stderr, READ_ONLY)}`,
    );
  if (
    /unpacker error|unable to (?:create|write)|Permission denied|insufficient permission/.test(
      `${rejected} ${result.stderr}`,
    )
  ) {
    return refusedBecause(
      "The upstream does not let Pilothouse write: give the worker's user write access to the repository.",
    );
  }
  if (/could not read Username|Authentication failed|returned error: 40[13]/.test(result.stderr)) {
    return refusedBecause(
      "The upstream takes a push only with a credential that may write this branch. The operator keeps it in the file PILOTHOUSE_GIT_CREDENTIALS. Where there is none, add the repository again and let approved merges move a branch kept here.",
    );
  }
  // GitHub, of a token that it was not given to.
  if (/refusing to allow .* workflow/i.test(rejected ?? ""))
    return refusedBecause(
      "The patch changes files below .github/workflows, and what GitHub is spoken to with may not. Give the token or the app the permission to write workflows, then approve again.",
    );
  if (rejected !== undefined)
    return refusedBecause(
      `The upstream refused the push to ${name}: ${plainLine(rejected, 300)}.${saying(result.stderr, PROTECTED)}`,
    );
  return {
    outcome: "unreachable",
    sentence: `The push did not reach the upstream: ${failureSentence(result)}.`,
  };
}
