"use client";

import { Pause, Play, Square } from "lucide-react";
import { useState } from "react";
import { CRITERION_NAMES } from "#lib/pilots/exit-rules.ts";
import type { ExitCriterion } from "#lib/pilots/schema/rollback.ts";
import type { PilotStatus } from "#lib/pilots/schema.ts";
import { TextAreaField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

export interface PilotActionsProps {
  readonly pilotId: string;
  readonly status: PilotStatus;
  /** Each reads `pilotId` and `reason`; null for a person who may not. */
  readonly pause: FormAction | null;
  /** Opens the gate at which a second person agrees: activation of a draft, resumption of a paused pilot. */
  readonly activate: FormAction | null;
  readonly resume: FormAction | null;
  readonly complete: FormAction | null;
  /** What the charter in force wants stated before the pilot is completed. */
  readonly criteria: readonly ExitCriterion[];
}

interface Ask {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly doing: string;
  readonly action: FormAction;
  readonly needsReason: boolean;
  readonly criteria?: readonly ExitCriterion[];
}

/** What may happen to a pilot in its present state. */
export function PilotActions({ pilotId, status, criteria, ...actions }: PilotActionsProps) {
  const { pause, activate, resume, complete } = actions;
  const [ask, setAsk] = useState<Ask | null>(null);
  return (
    <>
      {pause && status === "active" ? (
        <Button
          icon={Pause}
          onClick={() =>
            setAsk({
              title: "Pause this pilot?",
              text: "Nothing new starts. Live runs go on; stop them with Stop. Going on again takes two people.",
              button: "Pause pilot",
              doing: "Pausing",
              action: pause,
              needsReason: true,
            })
          }
        >
          Pause…
        </Button>
      ) : null}
      {complete && (status === "active" || status === "paused") ? (
        <Button
          icon={Square}
          onClick={() =>
            setAsk({
              title: "Complete this pilot?",
              text: "It takes no further run. Its numbers and its log stay.",
              button: "Complete pilot",
              doing: "Completing",
              action: complete,
              needsReason: true,
              criteria,
            })
          }
        >
          Complete…
        </Button>
      ) : null}
      {activate && status === "draft" ? (
        <Button
          tone="ink"
          icon={Play}
          onClick={() =>
            setAsk({
              title: "Ask for activation?",
              text: "The charter goes to the inbox. Another lead than you has to agree before anything runs.",
              button: "Ask for activation",
              doing: "Asking",
              action: activate,
              needsReason: false,
            })
          }
        >
          Ask for activation…
        </Button>
      ) : null}
      {resume && status === "paused" ? (
        <Button
          tone="ink"
          icon={Play}
          onClick={() =>
            setAsk({
              title: "Ask to resume?",
              text: "Another lead than you has to agree before anything runs again.",
              button: "Ask to resume",
              doing: "Asking",
              action: resume,
              needsReason: true,
            })
          }
        >
          Ask to resume…
        </Button>
      ) : null}
      <Dialog open={ask !== null} onClose={() => setAsk(null)} title={ask?.title ?? ""} text={ask?.text}>
        {ask ? <AskForm ask={ask} pilotId={pilotId} onClose={() => setAsk(null)} /> : null}
      </Dialog>
    </>
  );
}

function AskForm({ ask, pilotId, onClose }: { ask: Ask; pilotId: string; onClose: () => void }) {
  const form = useForm(ask.action, onClose);
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="pilotId" value={pilotId} />
      {ask.needsReason ? (
        <TextAreaField
          name="reason"
          label="Reason"
          hint="Stands in the log and on the pilot."
          autoFocus
          errors={form.state.fields}
        />
      ) : null}
      {(ask.criteria ?? []).map((criterion) => (
        <TextAreaField
          key={criterion}
          name={criterion}
          label={CRITERION_NAMES[criterion]}
          hint="How this is met; stands on the pilot."
          errors={form.state.fields}
        />
      ))}
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Leave it
        </Button>
        <Button type="submit" size="lg" tone="ink" pending={form.pending && ask.doing}>
          {ask.button}
        </Button>
      </div>
    </form>
  );
}
