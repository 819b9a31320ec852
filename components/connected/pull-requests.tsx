import { CircleAlert, GitMerge, GitPullRequest, GitPullRequestClosed } from "lucide-react";
import Link from "next/link";
import type { PullStep, PullView } from "#lib/forges/connections/schema.ts";
import { plural } from "../format.ts";
import { Note, type NoteProps } from "../ui/note.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

type State = "waiting" | "open" | "merged" | "failed";

const STATE: Readonly<Record<PullStep, State>> = {
  queued: "waiting",
  opened: "open",
  checked: "open",
  waits: "open",
  merged: "merged",
  closed: "failed",
};

/** In a row with its number. */
export const STEPS: Readonly<Record<PullStep, string>> = {
  queued: "waits for GitHub",
  opened: "is open",
  checked: "is open and carries pilothouse/merge",
  waits: "is open and waits on GitHub",
  merged: "is merged",
  closed: "failed and was closed",
};

/** Refused before there was a pull request: nothing is tried again. */
export const pullState = ({ step, problem, nextAt }: PullView): State =>
  step === "queued" && problem !== null && nextAt === null ? "failed" : STATE[step];

const LOOK: Readonly<Record<State, Pick<NoteProps, "tone" | "icon">>> = {
  waiting: { tone: "plain", icon: GitPullRequest },
  open: { tone: "plain", icon: GitPullRequest },
  merged: { tone: "good", icon: GitMerge },
  failed: { tone: "bad", icon: GitPullRequestClosed },
};

/** What went wrong, and when it is tried again. */
export function PullProblem({ pull: { problem, tries, nextAt } }: { readonly pull: PullView }) {
  if (problem === null) return null;
  return (
    <>
      {" "}
      <Visible text={problem} mode="block" />{" "}
      {nextAt ? (
        <span className="t3">
          Tried {plural(tries, "time")}; again <RelativeTime at={nextAt.toISOString()} />.
        </span>
      ) : null}
    </>
  );
}

/** Where the pull requests of a run stand, newest first; nothing where it has none. */
export function PullRequests({ pulls }: { readonly pulls: readonly PullView[] }) {
  return pulls.map((pull) => {
    const { mergeId, number, url, step, problem, seenAt } = pull;
    const state = pullState(pull);
    const { tone, icon } =
      state !== "failed" && problem !== null ? { tone: "need" as const, icon: CircleAlert } : LOOK[state];
    return (
      <div key={mergeId} className="pt-2" data-pull={state}>
        <Note {...(tone ? { tone } : {})} {...(icon ? { icon } : {})} role="status">
          {url && number !== null ? (
            <a className="link in" href={url} rel="noopener noreferrer nofollow" target="_blank">
              Pull request #{number}
            </a>
          ) : (
            "The pull request"
          )}{" "}
          {state === "failed" ? "failed." : `${STEPS[step]}.`}
          <PullProblem pull={pull} />{" "}
          <span className="t3">
            Seen <RelativeTime at={seenAt.toISOString()} />.
          </span>
        </Note>
      </div>
    );
  });
}

/** Tries that failed before anybody is told of it on the first page. */
const TOLD_AFTER = 3;

/** Approved merges that a forge does not take; nothing while all go through. */
export function ForgeAlarm({ pulls }: { readonly pulls: readonly PullView[] }) {
  const stuck = pulls.filter(
    ({ step, problem, tries }) => step !== "waits" && problem !== null && tries >= TOLD_AFTER,
  );
  return stuck.slice(0, 3).map((pull) => (
    <div key={pull.mergeId} className="band bare" data-forge-alarm={pull.mergeId}>
      <Note tone="need" role="alert">
        <Link className="underline" href={`/runs/${pull.runId}`}>
          An approved merge
        </Link>{" "}
        waits for GitHub:
        <PullProblem pull={pull} />
        {stuck.length > 3 ? ` ${plural(stuck.length - 3, "other")} too.` : ""}
      </Note>
    </div>
  ));
}
