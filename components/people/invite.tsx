"use client";

import { UserPlus } from "lucide-react";
import { DialogForm, OpensDialog } from "../form/dialog-form.tsx";
import { TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { OneTimeLinkNote } from "./one-time-link.tsx";

export interface InviteProps {
  /** Reads `name` and `email`; answers with the path of the one-time link in `done`. */
  readonly action: FormAction;
  /** Name of the channel that mails the link to them as well; null where there is none. */
  readonly mailedBy: string | null;
}

export function Invite({ action, mailedBy }: InviteProps) {
  return (
    <OpensDialog
      button={{ tone: "ink", icon: UserPlus, children: "Invite a person…" }}
      title="Invite a person"
      text={`You get a link that lets them in once within a day. It is shown here and never again; give it to nobody else. ${mailWords(mailedBy)}`}
    >
      {(onClose) => <InviteForm {...{ action, onClose }} />}
    </OpensDialog>
  );
}

const mailWords = (mailedBy: string | null): string =>
  mailedBy === null
    ? "It is not mailed to them: there is no channel for mail."
    : `It is also mailed to them, by the channel ${mailedBy}.`;

function InviteForm({ action, onClose }: Pick<InviteProps, "action"> & { onClose: () => void }) {
  const form = useForm(action);
  const { fields, done } = form.state;
  return (
    <DialogForm
      {...{ form, onClose }}
      submit={["Invite them", "Inviting them"]}
      answer={done ? <OneTimeLinkNote path={done} /> : null}
    >
      <TextField name="name" label="Name" errors={fields} maxLength={100} autoComplete="off" />
      <TextField name="email" label="E-mail" type="email" errors={fields} autoComplete="off" />
    </DialogForm>
  );
}
