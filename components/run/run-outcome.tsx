import { GitMerge, GitPullRequest, Hand, Pause } from "lucide-react";
import Link from "next/link";
import type { StatusOf } from "../status.ts";
import { Note } from "../ui/note.tsx";
import { Visible } from "../ui/visible.tsx";

interface RunOutcomeProps {
  readonly runId: string;
  readonly status: StatusOf<"run">;
  /** In the run's own words; a run that ends without a patch always has one. */
  readonly reason: string | null;
  /** What one that stands still waits for, and where it goes on. */
  readonly hold?: string | null;
}

/** What came out of it, at the end of the timeline. An empty result says why. */
export function RunOutcome({ runId, status, reason, hold = null }: RunOutcomeProps) {
  const because = reason ? <Visible text={reason} mode="block" /> : null;
  switch (status) {
    case "in_review":
    case "merging":
      return (
        <Note icon={GitPullRequest} role="status">
          {because ??
            (status === "merging"
              ? "The patch is approved and goes to its branch."
              : "The patch is verified and waits for a decision.")}{" "}
          <Link className="link in" href={`/reviews/${runId}`}>
            {status === "merging" ? "What was decided" : "Review it"}
          </Link>
        </Note>
      );
    case "merged":
      return (
        <Note tone="good" icon={GitMerge} role="status">
          Merged. {because}{" "}
          <Link className="link in" href={`/reviews/${runId}`}>
            What was decided
          </Link>
        </Note>
      );
    case "failed":
    case "rejected":
    case "cancelled":
      return (
        <Note tone={status === "failed" ? "bad" : "plain"} role="status">
          <span className="med">
            {status === "failed" ? "Failed" : status === "rejected" ? "Rejected" : "Cancelled"}
          </span>
          : {because ?? "no reason was recorded."}
        </Note>
      );
    case "queued":
    case "paused":
    case "awaiting_decision":
      return because || hold ? (
        <Note role="status" icon={status === "paused" ? Pause : Hand}>
          {because ? <div>{because}</div> : null}
          {hold}
        </Note>
      ) : null;
    case "preparing":
    case "working":
    case "verifying":
      return null;
  }
}
