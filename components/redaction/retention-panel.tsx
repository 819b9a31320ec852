"use client";

import { Archive, Lock } from "lucide-react";
import type { RetentionView } from "#lib/retention/schema.ts";
import { CheckField } from "../form/choice.tsx";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import { errorsOf, type FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { plural } from "../format.ts";
import { Button } from "../ui/button.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

export interface RetentionPanelProps {
  readonly pilotId: string;
  readonly retention: RetentionView;
  /** Null for a person who may not. */
  readonly save: FormAction | null;
}

/** How long a pilot's payloads are kept, and the hold that keeps all of them. */
export function RetentionPanel({ pilotId, retention, save }: RetentionPanelProps) {
  const { days, isHeld, holdReason, endedRuns, dueRuns, setByName, setAt } = retention;
  return (
    <Panel title="Data" fact="prompts, outputs, diffs and evidence of runs" className="mt-4">
      <div className="grid gap-3.5 p-4">
        {isHeld ? (
          <Note tone="need" icon={Lock}>
            A legal hold keeps everything: <Visible text={holdReason ?? "no reason was given"} />
          </Note>
        ) : null}
        <KeyValue
          rows={[
            {
              key: "Kept",
              value: days === null ? "for ever" : `${plural(days, "day")} after a run's end`,
            },
            { key: "Runs that ended", value: `${endedRuns}, with their payloads` },
            {
              key: "Due now",
              value: dueRuns === 0 ? "none" : `${plural(dueRuns, "run")}, taken away within the hour`,
            },
            ...(setByName && setAt
              ? [
                  {
                    key: "Set",
                    value: (
                      <>
                        by {setByName} <RelativeTime at={setAt.toISOString()} />
                      </>
                    ),
                  },
                ]
              : []),
          ]}
        />
        {save ? <RetentionForm pilotId={pilotId} retention={retention} save={save} /> : null}
      </div>
    </Panel>
  );
}

function RetentionForm({
  pilotId,
  retention,
  save,
}: {
  pilotId: string;
  retention: RetentionView;
  save: FormAction;
}) {
  const form = useForm(save);
  const agreed = errorsOf(form.state.fields, "agreedRuns")[0] ?? "0";
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="pilotId" value={pilotId} />
      <input type="hidden" name="agreedRuns" value={agreed} />
      <TextField
        name="days"
        label="Days kept after a run's end"
        hint="Empty keeps them for ever. Commitments, decisions and the log stay in any case."
        unit="days"
        inputMode="numeric"
        defaultValue={retention.days ?? ""}
        errors={form.state.fields}
      />
      <CheckField
        name="isHeld"
        value="on"
        label="Legal hold"
        hint="While it is on, nobody can take anything of this pilot away."
        defaultChecked={retention.isHeld}
      />
      <TextField
        name="reason"
        label="Reason"
        hint="Stands on this page while a hold is on."
        errors={form.state.fields}
        autoComplete="off"
        maxLength={500}
      />
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button
          type="submit"
          size="lg"
          tone={agreed === "0" ? "ink" : "danger"}
          icon={Archive}
          pending={form.pending && "Saving"}
        >
          {agreed === "0" ? "Save" : `Save and take away ${plural(Number(agreed), "run")}`}
        </Button>
      </div>
    </form>
  );
}
