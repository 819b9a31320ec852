"use client";

import { Clock, KeyRound } from "lucide-react";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Note } from "../ui/note.tsx";
import { Door } from "./door.tsx";

export interface SignInProps {
  /** The address people know this deployment by. */
  readonly host: string;
  /** Why the person stands here again: "Your session was ended from another device at 08:04." */
  readonly notice?: string | null;
  /** Where to go afterwards; a path of ours, checked by the action. */
  readonly next?: string;
  /** What people call the identity provider; null: there is none. */
  readonly provider?: string | null;
  /** `emergency`: only the one person who may sign in past the provider gets in by it. */
  readonly passwords?: "shown" | "hidden" | "emergency";
  /** Reads `email`, `password` and `next`. A wrong pair is an error of the field `password`. */
  readonly action: FormAction;
}

export function SignIn({
  host,
  notice,
  next = "/",
  provider = null,
  passwords = "shown",
  action,
}: SignInProps) {
  const query = `next=${encodeURIComponent(next)}`;
  return (
    <Door title="Sign in to Pilothouse" text={host}>
      {notice ? (
        <Note tone="need" icon={Clock} role="status">
          {notice}
        </Note>
      ) : null}
      {provider ? (
        // No <Link>: it would read ahead what begins a sign-in.
        <a className={passwords === "shown" ? "btn lg" : "btn lg ink"} href={`/sign-in/sso?${query}`}>
          <Icon of={KeyRound} size={14} />
          Continue with {provider}
        </a>
      ) : null}
      {passwords === "hidden" ? (
        <p className="t3 sm">
          Passwords are not used here. If the identity provider cannot be reached, one administrator can{" "}
          <a href={`/sign-in?local=1&${query}`}>sign in without it</a>; everybody who leads is told.
        </p>
      ) : (
        <PasswordForm next={next} emergency={passwords === "emergency"} action={action} />
      )}
    </Door>
  );
}

interface PasswordFormProps extends Pick<SignInProps, "action"> {
  readonly next: string;
  readonly emergency: boolean;
}

function PasswordForm({ next, emergency, action }: PasswordFormProps) {
  const form = useForm(action);
  return (
    <>
      {emergency ? (
        <p className="t2 sm">
          For the one administrator named in the settings. It is written down, and every lead is told.
        </p>
      ) : null}
      <form {...form.props} className="grid gap-3">
        <input type="hidden" name="next" value={next} />
        <TextField
          name="email"
          label="Email"
          type="email"
          autoComplete="username"
          required
          autoFocus
          errors={form.state.fields}
        />
        <TextField
          name="password"
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          errors={form.state.fields}
        />
        <FormAnswer state={form.state} />
        <Button type="submit" size="lg" tone="ink" pending={form.pending && "Signing in"}>
          Sign in
        </Button>
      </form>
      {emergency ? null : (
        <p className="t3 sm">
          No account, or no password? A lead of this deployment makes you a one-time link.
        </p>
      )}
    </>
  );
}
