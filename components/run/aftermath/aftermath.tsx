"use client";

import { CircleCheck, Eye, Undo2 } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { WatchView } from "#lib/merge-watches/schema.ts";
import type { LinkedRun, RevertLinks } from "#lib/reverts/schema.ts";
import { FormAnswer } from "../../form/form-answer.tsx";
import type { FormAction } from "../../form/state.ts";
import { useForm } from "../../form/use-form.ts";
import { isRunEnded } from "../../status.ts";
import { Badge, Remark } from "../../ui/badge.tsx";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { CopyId } from "../../ui/copy-id.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Note } from "../../ui/note.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Visible } from "../../ui/visible.tsx";
import { revertSentence, STATE_WORDS, seenWords, sourceWords } from "./words.ts";

export interface AftermathProps {
  readonly runId: string;
  readonly pilotId: string;
  /** `name@branch`. */
  readonly where: string;
  readonly links: RevertLinks;
  /** Null for a run that is not merged, and for one merged before merges were watched. */
  readonly watch: WatchView | null;
  /** Reads `runId`, and leads to the run that undoes this one; null where that is not this person's to ask, or not to be asked. */
  readonly revert: FormAction | null;
}

/** What a run undoes, what undoes it, and what became of its merge since. Nothing to say, nothing shown. */
export function Aftermath({ runId, pilotId, where, links, watch, revert }: AftermathProps) {
  const { reverts, revertedBy, mayHandOver } = links;
  if (!reverts && revertedBy.length === 0 && watch === null && revert === null) return null;
  return (
    <div className="grid gap-2 px-5 pt-3" data-watch={watch?.state}>
      {reverts ? (
        <Note icon={Undo2}>
          Reverts <RunLink run={reverts} />, merged as <CopyId id={reverts.commit} what="commit" />.
          {mayHandOver ? (
            <>
              {" "}
              <ButtonLink
                size="sm"
                href={`/runs/new?${new URLSearchParams({ pilot: pilotId, revert: runId })}`}
              >
                Ask an agent instead…
              </ButtonLink>
            </>
          ) : null}
        </Note>
      ) : null}
      {revertedBy.map((run) => (
        <Note key={run.runId} icon={Undo2}>
          {byWords(run.status)} <RunLink run={run} />
        </Note>
      ))}
      {watch || revert ? (
        <div className="row flex-wrap sm">
          {watch ? <Watched watch={watch} /> : null}
          <span className="grow" />
          {revert ? <RevertButton runId={runId} where={where} action={revert} /> : null}
        </div>
      ) : null}
    </div>
  );
}

function byWords(status: LinkedRun["status"]): string {
  if (status === "merged") return "Reverted by";
  return isRunEnded(status) ? "Tried to revert it:" : "To be reverted by";
}

function RunLink({ run: { runId, title, status } }: { run: LinkedRun }) {
  return (
    <>
      <Link className="link" href={`/runs/${runId}`}>
        <Visible text={title} />
      </Link>{" "}
      <Badge noun="run" status={status} />
    </>
  );
}

function Watched({ watch: { state, until, settledAt, sightings } }: { watch: WatchView }) {
  const isOver = state !== "watching";
  return (
    <div className="grid gap-1">
      <span className="row">
        <Remark tone={isOver && state !== "held" ? "need" : "good"} icon={isOver ? CircleCheck : Eye}>
          {STATE_WORDS[state]}
        </Remark>
        <span className="t2">
          {settledAt ? (
            <RelativeTime at={settledAt.toISOString()} />
          ) : (
            <>
              until <RelativeTime at={until.toISOString()} />
            </>
          )}
          {sightings.length === 0 && state === "watching" ? "; nothing was seen so far" : null}
        </span>
      </span>
      {sightings.length > 0 ? (
        <ul className="doubts t2">
          {sightings.map((one) => (
            <li key={`${one.seen} ${one.commit}`}>
              {seenWords(one)}{" "}
              <span className="t3">
                ({sourceWords(one.source)}, <RelativeTime at={one.at.toISOString()} />)
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function RevertButton({ runId, where, action }: { runId: string; where: string; action: FormAction }) {
  const [asking, setAsking] = useState(false);
  const close = () => setAsking(false);
  return (
    <>
      <Button icon={Undo2} onClick={() => setAsking(true)}>
        Revert this merge…
      </Button>
      <Dialog open={asking} onClose={close} title="Revert this merge?" text={revertSentence(where)}>
        <RevertForm runId={runId} action={action} onClose={close} />
      </Dialog>
    </>
  );
}

function RevertForm({ runId, action, onClose }: { runId: string; action: FormAction; onClose: () => void }) {
  const form = useForm(action);
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="runId" value={runId} />
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Leave it merged
        </Button>
        <Button type="submit" size="lg" tone="ink" icon={Undo2} pending={form.pending && "Making the run"}>
          Revert it
        </Button>
      </div>
    </form>
  );
}
