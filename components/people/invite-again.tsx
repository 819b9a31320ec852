"use client";

import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { OneTimeLinkNote } from "./one-time-link.tsx";

export interface InviteAgainProps {
  readonly action: FormAction;
  readonly personId: string;
  /** The mail with the newest link did not arrive. */
  readonly isMailLost: boolean;
}

/** For somebody who has not come in yet. The link before works no longer; the new one goes by mail where there is a channel. */
export function InviteAgain({ action, personId, isMailLost }: InviteAgainProps) {
  const form = useForm(action);
  return (
    <form {...form.props} className="grid gap-2">
      <input type="hidden" name="personId" value={personId} />
      <Button type="submit" pending={form.pending && (isMailLost ? "Sending it" : "Making it")}>
        {isMailLost ? "Send it again" : "Make a new link"}
      </Button>
      {form.state.done ? <OneTimeLinkNote path={form.state.done} /> : <FormAnswer state={form.state} />}
    </form>
  );
}
