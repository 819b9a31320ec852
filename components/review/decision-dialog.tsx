import { Fingerprint, X } from "lucide-react";
import { TextAreaField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import type { DecisionBarProps } from "./decision-props.ts";

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
          <Consequence
            title={gate.title}
            left={gate.needed - gate.approvals.filter(({ decision }) => decision === "approve").length}
          />
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
  approveWord,
  decide,
  decision,
  onClose,
}: DecisionDialogProps & { decision: "approve" | "deny" }) {
  const form = useForm(decide, onClose);
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="gateId" value={gate.id} />
      <input type="hidden" name="digest" value={gate.digest} />
      <input type="hidden" name="decision" value={decision} />
      <KeyValue
        rows={[
          { key: digestName, value: <CopyId id={digest} what={digestName.toLowerCase()} /> },
          { key: "Decision document", value: <CopyId id={gate.digest} what="document digest" /> },
          { key: "Expires", value: <RelativeTime at={gate.expiresAt.toISOString()} /> },
          ...(decision === "approve" && unread > 0
            ? [{ key: "Not viewed", value: <span className="need">{unread} of its files</span> }]
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
          <Button type="submit" size="lg" tone="ink" icon={Fingerprint} pending={form.pending && "Approving"}>
            {approveWord}
          </Button>
        )}
      </div>
    </form>
  );
}
