import { Ban, GitPullRequest, Pause, Play } from "lucide-react";
import { useState } from "react";
import { ActionButton } from "../../form/action-button.tsx";
import type { FormAction } from "../../form/state.ts";
import { isRunEnded, type StatusOf } from "../../status.ts";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { isPausable } from "./hold-words.ts";
import { ReasonDialog } from "./reason-dialog.tsx";

export interface RunActionsProps {
  readonly runId: string;
  readonly status: StatusOf<"run">;
  /** Reads `runId` and `reason`; null for a person who may not cancel. */
  readonly cancel: FormAction | null;
  /** Reads `runId` and `reason`; null for a person who may not. */
  readonly pause: FormAction | null;
  /** Reads `runId`. */
  readonly resume: FormAction | null;
  /** Its agent has a session that can be gone on with; without one it begins again. */
  readonly hasSession: boolean;
}

const PAUSES = {
  session:
    "Its model is cut off within a second and the turn ends. A snapshot is taken, then its runner is free for others. Resumed, the run goes on from the snapshot; meanwhile its clock stands still.",
  none: "Its sandbox is ended, and its runner is free for others. This agent has no session to keep: resumed, it begins again.",
} as const;

/** What can be done to the run in its state; what cannot is not shown. */
export function RunActions({ runId, status, cancel, pause, resume, hasSession }: RunActionsProps) {
  const [asking, setAsking] = useState<"cancel" | "pause" | null>(null);
  const close = () => setAsking(null);
  const mayCancel = cancel && !isRunEnded(status) && status !== "merging";
  return (
    <>
      {status === "in_review" || status === "merging" ? (
        <ButtonLink href={`/reviews/${runId}`} tone="ink" icon={GitPullRequest}>
          Review
        </ButtonLink>
      ) : null}
      {pause && isPausable(status) ? (
        <Button icon={Pause} onClick={() => setAsking("pause")}>
          Pause…
        </Button>
      ) : null}
      {resume && status === "paused" ? (
        <ActionButton action={resume} fields={{ runId }} doing="Resuming" tone="ink">
          <Icon of={Play} size={12} />
          Resume
        </ActionButton>
      ) : null}
      {mayCancel ? (
        <Button tone="danger" icon={Ban} onClick={() => setAsking("cancel")}>
          Cancel run…
        </Button>
      ) : null}
      {cancel ? (
        <ReasonDialog
          open={asking === "cancel"}
          onClose={close}
          title="Cancel this run?"
          text="Its sandbox is killed, what it recorded stays. A cancelled run cannot go on; another one can be launched."
          runId={runId}
          action={cancel}
          word="Cancel run"
          doing="Cancelling"
          notYet="Let it go on"
          tone="danger"
        />
      ) : null}
      {pause ? (
        <ReasonDialog
          open={asking === "pause"}
          onClose={close}
          title="Pause this run?"
          text={hasSession ? PAUSES.session : PAUSES.none}
          runId={runId}
          action={pause}
          word="Pause run"
          doing="Pausing"
          notYet="Let it go on"
          tone="ink"
        />
      ) : null}
    </>
  );
}
