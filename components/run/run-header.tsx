import { Ban, GitPullRequest } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { RunView } from "#lib/runs/schema.ts";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { isRunEnded, type StatusOf } from "../status.ts";
import { Badge } from "../ui/badge.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Facts } from "../ui/key-value.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Code, Visible } from "../ui/visible.tsx";

export interface RunHeaderProps {
  readonly run: RunView;
  /** Newer than the run's own where events said so. */
  readonly status: StatusOf<"run">;
  /** Newer likewise. */
  readonly attempt: number;
  /** Reads `runId` and `reason`; null for a person who may not cancel. */
  readonly cancel: FormAction | null;
}

export function RunHeader({ run, status, attempt, cancel }: RunHeaderProps) {
  const [asking, setAsking] = useState(false);
  const mayCancel = cancel && !isRunEnded(status) && status !== "merging";
  return (
    <>
      <div className="rt">
        <Badge noun="run" status={status} />
        <h1 className="h1 grow">
          <Visible text={run.title} />
        </h1>
        <span className="grow only-phone" />
        {status === "in_review" || status === "merging" ? (
          <ButtonLink href={`/reviews/${run.id}`} tone="ink" icon={GitPullRequest}>
            Review
          </ButtonLink>
        ) : null}
        {mayCancel ? (
          <Button tone="danger" icon={Ban} onClick={() => setAsking(true)}>
            Cancel run…
          </Button>
        ) : null}
      </div>
      <Facts rows={factsOf(run, attempt)} />
      {cancel ? (
        <Dialog
          open={asking}
          onClose={() => setAsking(false)}
          title="Cancel this run?"
          text="Its sandbox is killed, what it recorded stays. A cancelled run cannot go on; another one can be launched."
        >
          <CancelForm runId={run.id} action={cancel} onClose={() => setAsking(false)} />
        </Dialog>
      ) : null}
    </>
  );
}

function factsOf(run: RunView, attempt: number) {
  return [
    { key: "Agent", value: run.agentName },
    { key: "Kind", value: run.kind },
    { key: "Base", value: <Base run={run} /> },
    {
      key: "Charter",
      value: (
        <>
          <Link className="link" href={`/pilots/${run.pilotId}?tab=charter`}>
            v{run.charterVersion}
          </Link>{" "}
          <CopyId id={run.charterDigest} what="charter digest" />
        </>
      ),
    },
    {
      key: "Launched",
      value: (
        <>
          by {run.launchedByName}, <RelativeTime at={run.launchedAt.toISOString()} />
        </>
      ),
      wide: true,
    },
    { key: "Attempt", value: <span className="num">{attempt}</span>, wide: true },
    { key: "Run", value: <CopyId id={run.id} what="run id" />, wide: true },
  ];
}

function Base({ run }: { run: RunView }) {
  return (
    <>
      <Code text={`${run.repositoryName}@${run.branch}`} /> <CopyId id={run.baseCommit} what="base commit" />
    </>
  );
}

function CancelForm({ runId, action, onClose }: { runId: string; action: FormAction; onClose: () => void }) {
  const form = useForm(action, onClose);
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="runId" value={runId} />
      <TextField
        name="reason"
        label="Reason"
        hint="Stands in the log and on the run."
        errors={form.state.fields}
        autoComplete="off"
        autoFocus
      />
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Let it go on
        </Button>
        <Button type="submit" size="lg" tone="danger" pending={form.pending && "Cancelling"}>
          Cancel run
        </Button>
      </div>
    </form>
  );
}
