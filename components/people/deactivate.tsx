"use client";

import { UserX } from "lucide-react";
import { useState } from "react";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

/** Reads `personId`. */
export function Deactivate({ action, personId }: { action: FormAction; personId: string }) {
  const [open, setOpen] = useState(false);
  const form = useForm(action, () => setOpen(false));
  return (
    <>
      <Button tone="danger" icon={UserX} onClick={() => setOpen(true)}>
        Deactivate…
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Deactivate this person"
        text="Their sessions, tokens and passkeys end at once, and what they approved and is still open counts no more. Their roles wait for them; tokens and passkeys do not come back."
      >
        <form {...form.props} className="grid gap-3.5">
          <input type="hidden" name="personId" value={personId} />
          <FormAnswer state={form.state} />
          <div className="row justify-end acts">
            <Button size="lg" onClick={() => setOpen(false)}>
              Keep them
            </Button>
            <Button type="submit" size="lg" tone="danger" pending={form.pending && "Deactivating"}>
              Deactivate
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
