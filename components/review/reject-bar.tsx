"use client";

import { X } from "lucide-react";
import { useState } from "react";
import { TextAreaField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useReviewKeys } from "./diff/keys.ts";
import { RejectedAsField } from "./rejected-as-field.tsx";

export interface RejectBarProps {
  readonly runId: string;
  /** Reads `runId`, `reason` and `rejectedAs`; null for a person who may not. */
  readonly reject: FormAction | null;
}

/** Below a review whose evidence opened no gate: it cannot be approved, only ended. */
export function RejectBar({ runId, reject }: RejectBarProps) {
  const [asking, setAsking] = useState(false);
  useReviewKeys({ x: () => reject !== null && setAsking(true) });
  return (
    <div className="dbar">
      <span className="grow">
        <span className="med">No gate is open.</span>{" "}
        <span className="t2">Only verified evidence opens one, so this patch cannot be approved.</span>
      </span>
      {reject ? (
        <Button size="lg" tone="danger" icon={X} onClick={() => setAsking(true)}>
          Reject…
        </Button>
      ) : null}
      {reject ? (
        <Dialog
          open={asking}
          onClose={() => setAsking(false)}
          title="Reject this run?"
          text="It ends as rejected. What it recorded stays, and your reason stands with it."
        >
          <RejectForm runId={runId} action={reject} onClose={() => setAsking(false)} />
        </Dialog>
      ) : null}
    </div>
  );
}

function RejectForm({ runId, action, onClose }: { runId: string; action: FormAction; onClose: () => void }) {
  const form = useForm(action, onClose);
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="runId" value={runId} />
      <TextAreaField name="reason" label="Reason" errors={form.state.fields} />
      <RejectedAsField />
      <FormAnswer state={form.state} />
      <footer className="row justify-end">
        <Button size="lg" onClick={onClose}>
          Not yet
        </Button>
        <Button type="submit" size="lg" tone="danger" icon={X} pending={form.pending && "Rejecting"}>
          Reject run
        </Button>
      </footer>
    </form>
  );
}
