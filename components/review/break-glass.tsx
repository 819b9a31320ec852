"use client";

import { Siren } from "lucide-react";
import { useState } from "react";
import { TextAreaField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { type AskToSign, signing } from "../passkeys/ceremony.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

export interface BreakGlassProps {
  readonly runId: string;
  /** Digest of the patch on the page: that and no other is merged. */
  readonly patch: string;
  /** Reads `runId`, `patch`, `reason` and `assertion`. */
  readonly action: FormAction;
  /** What a passkey is to sign; null where no charter wants merges signed. */
  readonly ask: AskToSign | null;
}

/** For whom the charter names: merges past the gate, at once. */
export function BreakGlass(props: BreakGlassProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button tone="danger" icon={Siren} onClick={() => setAsking(true)}>
        Break the glass…
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Merge this without its approvals?"
        text="It merges at once, on your word alone. Every lead is told now, your reason stands in the record, and the pilot shows it until another lead has reviewed it."
      >
        <GlassForm {...props} onClose={() => setAsking(false)} />
      </Dialog>
    </>
  );
}

function GlassForm({ runId, patch, action, ask, onClose }: BreakGlassProps & { onClose: () => void }) {
  const form = useForm(ask === null ? action : signing(action, ask, { gateId: runId, digest: patch }));
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="runId" value={runId} />
      <input type="hidden" name="patch" value={patch} />
      <TextAreaField
        name="reason"
        label="Why this cannot wait"
        hint="20 characters or more"
        maxLength={1000}
        errors={form.state.fields}
      />
      <FormAnswer state={form.state} />
      <footer className="row justify-end">
        <Button size="lg" onClick={onClose}>
          {form.state.done ? "Close" : "Not now"}
        </Button>
        {form.state.done ? null : (
          <Button type="submit" size="lg" tone="danger" icon={Siren} pending={form.pending && "Merging"}>
            Merge it now
          </Button>
        )}
      </footer>
    </form>
  );
}
