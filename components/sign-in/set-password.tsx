"use client";

import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Door } from "./door.tsx";

export interface SetPasswordProps {
  readonly name: string;
  readonly email: string;
  readonly token: string;
  readonly minLength: number;
  /** Reads `token`, `password` and `again`; signs in and leads to the first page. */
  readonly action: FormAction;
}

/** Where a one-time link leads: it names the person and takes the password they choose. */
export function SetPassword({ name, email, token, minLength, action }: SetPasswordProps) {
  const form = useForm(action);
  return (
    <Door title={`Welcome, ${name}`} text="This link works once. Choose the password you will sign in with.">
      <form {...form.props} className="grid gap-3">
        <input type="hidden" name="token" value={token} />
        <TextField name="email" label="Email" type="email" value={email} readOnly autoComplete="username" />
        <TextField
          name="password"
          label="New password"
          type="password"
          autoComplete="new-password"
          hint={`At least ${minLength} characters. A few unrelated words are good.`}
          autoFocus
          errors={form.state.fields}
        />
        <TextField
          name="again"
          label="The same again"
          type="password"
          autoComplete="new-password"
          errors={form.state.fields}
        />
        <FormAnswer state={form.state} />
        <Button type="submit" size="lg" tone="ink" pending={form.pending && "Setting it"}>
          Set the password and sign in
        </Button>
      </form>
    </Door>
  );
}

/** A link that was used, is over, or never was; which of these is nobody's business but the owner's. */
export function SpentLink() {
  return (
    <Door
      title="This link does not work"
      text="It was used already, is too old, or was never made. Sign in, or ask who runs Pilothouse for a new one: each start prints one for everybody without a password."
    >
      <a className="btn lg" href="/sign-in">
        Sign in
      </a>
    </Door>
  );
}
