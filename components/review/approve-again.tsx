"use client";

import { RotateCcw } from "lucide-react";
import { namesInWords } from "#lib/gates/approver-rules.ts";
import type { AgainView, GateView } from "#lib/gates/schema.ts";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Note } from "../ui/note.tsx";
import { Visible } from "../ui/visible.tsx";
import { CameFrom } from "./came-from.tsx";

interface ApproveAgainProps {
  readonly again: AgainView;
  readonly gate: GateView;
  /** Why it has to wait, beyond what the gate says. */
  readonly mustRead?: string | null;
  readonly decide: FormAction;
}

/** What is the same as at the gate before, and one click for whoever may approve: a new approval of the new document. */
export function ApproveAgain({ again, gate, mustRead = null, decide }: ApproveAgainProps) {
  const form = useForm(decide);
  const mayAtOnce = again.identical && gate.signing === "session";
  return (
    <Note tone={again.identical ? "good" : "need"}>
      <form {...form.props} className="col gap-1.5">
        <span className="med">{sentenceOf(again)}</span>
        <span className="sm">
          <Visible text={again.reason} />
        </span>
        {again.approvedBy.length > 0 ? (
          <span className="sm">
            The gate before was approved by {namesInWords(again.approvedBy)}; an approval does not carry over.
          </span>
        ) : null}
        {again.identical && !mayAtOnce ? (
          <span className="sm">Approve below: your passkey signs again.</span>
        ) : null}
        {mayAtOnce ? (
          <>
            <input type="hidden" name="gateId" value={gate.id} />
            <input type="hidden" name="digest" value={gate.digest} />
            <input type="hidden" name="decision" value="approve" />
            <input type="hidden" name="reason" value="" />
            <CameFrom />
            <FormAnswer state={form.state} />
            <Button
              type="submit"
              icon={RotateCcw}
              className="justify-self-start"
              pending={form.pending && "Approving"}
              blocked={gate.cannotApprove ?? gate.waitsFor ?? mustRead ?? false}
            >
              Approve again
            </Button>
          </>
        ) : null}
      </form>
    </Note>
  );
}

function sentenceOf({ identical, from, to, isRerun }: AgainView): string {
  const base = from === to ? "same base" : `new base (${from.slice(0, 12)}, now ${to.slice(0, 12)})`;
  const evidence = isRerun ? "evidence rerun" : "same evidence";
  return identical
    ? `Identical patch, ${base}, ${evidence}. The patch digest is the same as at the gate before.`
    : `Not the patch of the gate before: ${base}, ${evidence}. Review it as a new one.`;
}
