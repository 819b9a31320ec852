import { History, MessageSquarePlus, X } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { CauseView } from "#lib/causes/schema.ts";
import { plural } from "../../format.ts";
import { Button } from "../../ui/button.tsx";
import { Visible } from "../../ui/visible.tsx";
import type { LineRange } from "../diff/contract.ts";
import { linesInWords } from "./talk.ts";

interface ChosenLinesProps {
  readonly range: LineRange;
  readonly onComment: (() => void) | null;
  readonly onCause: () => void;
  readonly onClose: () => void;
}

/** Below the lines chosen: what can be done with them. */
export function ChosenLines({ range, onComment, onCause, onClose }: ChosenLinesProps) {
  return (
    <section className="rcm row flex-wrap" aria-label="Lines chosen">
      <span className="sm t2 grow">{linesInWords(range)}</span>
      {onComment ? (
        <Button size="sm" icon={MessageSquarePlus} onClick={onComment}>
          Comment
        </Button>
      ) : null}
      <Button size="sm" icon={History} onClick={onCause}>
        What wrote this?
      </Button>
      <Button size="sm" tone="quiet" square icon={X} aria-label="Choose no lines" onClick={onClose} />
    </section>
  );
}

export type Cause =
  | { readonly state: "coming" }
  | { readonly state: "failed"; readonly why: string }
  | { readonly state: "known"; readonly cause: CauseView };

const DID = { command: "command", change: "change", revert: "revert" } as const;
const TOLD = {
  goal: "the task",
  steer: "a message",
  anchor: "a reminder of the goal",
  answer: "an answer",
} as const;

/** From a line to the events that wrote it, as far as they say so. */
export function CauseNote({ runId, cause, onClose }: { runId: string; cause: Cause; onClose: () => void }) {
  return (
    <section className="rcm" aria-label="What wrote this line" aria-live="polite">
      <div className="row">
        <span className="med sm grow">What wrote this line</span>
        <Button size="sm" tone="quiet" square icon={X} aria-label="Close" onClick={onClose} />
      </div>
      {cause.state === "coming" ? <p className="sm t2">Looking through the run's events…</p> : null}
      {cause.state === "failed" ? (
        <p className="sm bad" role="alert">
          {cause.why}
        </p>
      ) : null}
      {cause.state === "known" ? <Known runId={runId} cause={cause.cause} /> : null}
    </section>
  );
}

function Known({
  runId,
  cause: { writers, more, sentence, certainty },
}: {
  runId: string;
  cause: CauseView;
}) {
  const [all, setAll] = useState(false);
  const shown = all ? writers : writers.slice(0, 3);
  return (
    <div className="col gap-1.5" data-certainty={certainty}>
      <p className="sm t2">{sentence}</p>
      <ul className="wri">
        {shown.map(({ seq, attempt, turn, what, title, others, prompt }) => (
          <li key={seq} className="sm">
            <Link className="link" href={`/runs/${runId}?event=${seq}`}>
              {turn > 0 ? `Turn ${turn}, ` : ""}
              {DID[what]}
            </Link>{" "}
            <code className="mono">
              <Visible text={title} />
            </code>{" "}
            <span className="t3">attempt {attempt}</span>
            {others > 0 ? (
              <span className="t2">, which changed {plural(others, "other file")} too</span>
            ) : null}
            {prompt ? (
              <span className="t2">
                , after{" "}
                <Link className="link" href={`/runs/${runId}?event=${prompt.seq}`}>
                  {TOLD[prompt.origin]}
                </Link>{" "}
                “<Visible text={prompt.text.slice(0, 160)} />”
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      {!all && writers.length > shown.length ? (
        <Button size="sm" tone="quiet" onClick={() => setAll(true)}>
          Show {writers.length - shown.length} more
        </Button>
      ) : null}
      {all && more > 0 ? <p className="sm t2">and {plural(more, "earlier one")}</p> : null}
    </div>
  );
}
