import { Check, Fingerprint, X } from "lucide-react";
import { TextAreaField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import { useForm } from "../form/use-form.ts";
import { givenAt } from "../inbox/given.ts";
import { SigningNote, whyUnsigned } from "../passkeys/signing-note.tsx";
import { useDecide } from "../passkeys/signing-provider.tsx";
import { Button } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { CameFrom } from "./came-from.tsx";
import type { DecisionBarProps } from "./decision-props.ts";
import { RejectedAsField } from "./rejected-as-field.tsx";

interface DecisionDialogProps extends DecisionBarProps {
  readonly asking: "approve" | "deny" | null;
  readonly onClose: () => void;
}

/** Says what exactly is decided, bound to the digest that was shown. Deny needs a reason; approve is never preselected. */
export function DecisionDialog(props: DecisionDialogProps) {
  const { asking, onClose, approveWord, gate } = props;
  return (
    <Dialog
      open={asking !== null}
      onClose={onClose}
      title={asking === "deny" ? "Deny this?" : `${approveWord}?`}
      text={
        asking === "deny" ? (
          gate.kind === "command" ? (
            "The agent is told your reason word for word, and goes on without it."
          ) : (
            "The gate closes as denied. Your reason stands in the log and with the run."
          )
        ) : (
          <Consequence title={gate.title} left={gate.needed - givenAt(gate).length} />
        )
      }
    >
      {asking ? <DecisionForm {...props} decision={asking} /> : null}
    </Dialog>
  );
}

function Consequence({ title, left }: { title: string; left: number }) {
  return (
    <>
      <Visible text={title} />.{" "}
      {left <= 1
        ? "Yours is the last approval it needs: it happens at once."
        : `${left - 1} more will be needed after yours.`}
    </>
  );
}

function DecisionForm({
  gate,
  digest,
  digestName,
  unread,
  shownWithout = null,
  approveWord,
  decide,
  decision,
  onClose,
}: DecisionDialogProps & { decision: "approve" | "deny" }) {
  const isSigned = decision === "approve" && gate.signing !== "session";
  const form = useForm(useDecide(gate, decide), onClose);
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="gateId" value={gate.id} />
      <input type="hidden" name="digest" value={gate.digest} />
      <input type="hidden" name="decision" value={decision} />
      <CameFrom />
      <KeyValue
        rows={[
          { key: digestName, value: <CopyId id={digest} what={digestName.toLowerCase()} /> },
          { key: "Decision document", value: <CopyId id={gate.digest} what="document digest" /> },
          { key: "Expires", value: <RelativeTime at={gate.expiresAt.toISOString()} /> },
          ...(decision === "approve" && unread > 0
            ? [{ key: "Not viewed", value: <span className="need">{unread} of its files</span> }]
            : []),
          ...(decision === "approve" && shownWithout
            ? [{ key: "White space", value: <span className="need">{shownWithout}</span> }]
            : []),
        ]}
      />
      <TextAreaField
        name="reason"
        label={
          <>
            Reason <span className="t3 font-normal">{decision === "deny" ? "required" : "optional"}</span>
          </>
        }
        maxLength={1000}
        autoFocus={decision === "deny"}
        errors={form.state.fields}
      />
      {decision === "deny" && gate.kind === "merge" ? <RejectedAsField /> : null}
      {decision === "approve" ? <SigningNote gate={gate} /> : null}
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Not yet
        </Button>
        {decision === "deny" ? (
          <Button type="submit" size="lg" tone="danger" icon={X} pending={form.pending && "Denying"}>
            Deny
          </Button>
        ) : (
          <Button
            type="submit"
            size="lg"
            tone="ink"
            icon={isSigned ? Fingerprint : Check}
            blocked={whyUnsigned(gate)}
            pending={form.pending && (isSigned ? "Waiting for your passkey" : "Approving")}
          >
            {approveWord}
          </Button>
        )}
      </div>
    </form>
  );
}
