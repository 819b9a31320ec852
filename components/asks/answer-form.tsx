"use client";

import { Check, X } from "lucide-react";
import { useState } from "react";
import type { GateView } from "#lib/gates/schema.ts";
import { TextAreaField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { SigningNote, whyUnsigned } from "../passkeys/signing-note.tsx";
import { useDecide } from "../passkeys/signing-provider.tsx";
import { Button } from "../ui/button.tsx";

interface AnswerFormProps {
  readonly gate: GateView;
  /** Reads `gateId`, `digest`, `decision` and `reason`. */
  readonly decide: FormAction;
}

const ANSWERS = {
  approve: { word: "Allow", doing: "Allowing", icon: Check, tone: "ink" },
  deny: { word: "Decline", doing: "Declining", icon: X, tone: "danger" },
} as const;

/** Allow takes one press, on exactly what is shown above; decline wants the words that the agent is told. */
export function AnswerForm({ gate, decide }: AnswerFormProps) {
  const [decision, setDecision] = useState<keyof typeof ANSWERS>("approve");
  const [reason, setReason] = useState(""); // kept while somebody thinks again
  const form = useForm(useDecide(gate, decide));
  const { cannotApprove, cannotDeny } = gate;
  const why = cannotApprove ?? cannotDeny;
  const declining = decision === "deny";
  const { word, doing, icon, tone } = ANSWERS[decision];
  return (
    <form {...form.props} className="grid gap-2.5">
      <input type="hidden" name="gateId" value={gate.id} />
      <input type="hidden" name="digest" value={gate.digest} />
      <input type="hidden" name="decision" value={decision} />
      {declining ? (
        <TextAreaField
          name="reason"
          label="Reason"
          hint="The agent is told it word for word, and goes on without this."
          rows={2}
          maxLength={1000}
          autoFocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          errors={form.state.fields}
        />
      ) : null}
      {declining ? null : <SigningNote gate={gate} />}
      <FormAnswer state={form.state} />
      <div className="row flex-wrap justify-end">
        {why ? <span className="t2 sm grow">You may not decide: {why}</span> : <span className="grow" />}
        {declining ? (
          <Button onClick={() => setDecision("approve")}>Not yet</Button>
        ) : (
          <Button
            icon={X}
            tone="danger"
            blocked={cannotDeny ?? (form.pending && "It is being answered")}
            onClick={() => setDecision("deny")}
          >
            Decline…
          </Button>
        )}
        <Button
          key={decision}
          type="submit"
          tone={tone}
          icon={icon}
          blocked={(declining ? cannotDeny : (cannotApprove ?? whyUnsigned(gate))) ?? false}
          pending={form.pending && doing}
        >
          {word}
        </Button>
      </div>
    </form>
  );
}
