"use client";

import { UserCog } from "lucide-react";
import type { AccountView } from "#lib/api-tokens/schema.ts";
import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import { SelectField } from "../form/field.tsx";
import type { MakeAccountProps } from "./make-account.tsx";

export interface GiveAccountProps extends Pick<MakeAccountProps, "give" | "people"> {
  readonly account: Pick<AccountView, "id" | "name" | "ownerId">;
}

/** Somebody else answers for a service account. */
export function GiveAccount(props: GiveAccountProps) {
  return (
    <OpensDialog
      button={{ size: "sm", icon: UserCog, children: "Change who answers…" }}
      title="Change who answers for it"
      text="Its tokens end at once: whoever answered for it may hold them still. What it did until now stays with them. Both are told."
    >
      {(onClose) => <GiveForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function GiveForm({ account, give, people, onClose }: GiveAccountProps & { onClose: () => void }) {
  const form = useClosingForm(give, onClose);
  return (
    <DialogForm
      {...{ form, onClose }}
      submit={["Change it", "Changing it"]}
      hidden={{ accountId: account.id }}
    >
      <SelectField
        name="ownerId"
        label={`Answers for ${account.name}`}
        options={people.filter(({ value }) => value !== account.ownerId)}
        errors={form.state.fields}
      />
    </DialogForm>
  );
}
