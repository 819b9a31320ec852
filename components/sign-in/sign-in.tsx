"use client";

import { Clock } from "lucide-react";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Note } from "../ui/note.tsx";
import { Door } from "./door.tsx";

export interface SignInProps {
  /** The address people know this deployment by. */
  readonly host: string;
  /** Why the person stands here again: "Your session was ended from another device at 08:04." */
  readonly notice?: string | null;
  /** Where to go afterwards; a path of ours, checked by the action. */
  readonly next?: string;
  /** Reads `email`, `password` and `next`. A wrong pair is an error of the field `password`. */
  readonly action: FormAction;
}

export function SignIn({ host, notice, next = "/", action }: SignInProps) {
  const form = useForm(action);
  return (
    <Door title="Sign in to Pilothouse" text={host}>
      {notice ? (
        <Note tone="need" icon={Clock} role="status">
          {notice}
        </Note>
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
      <p className="t3 sm">
        No account, or no password? A lead of this deployment makes you a one-time link.
      </p>
    </Door>
  );
}
