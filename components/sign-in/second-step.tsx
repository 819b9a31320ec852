"use client";

import { Fingerprint } from "lucide-react";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { type AskStep, stepping } from "../passkeys/ceremony.ts";
import { Button } from "../ui/button.tsx";
import { Door } from "./door.tsx";

export interface SecondStepProps {
  readonly host: string;
  readonly next: string;
  /** Reads `code` and `next`; null for whoever has no one-time codes. */
  readonly action: FormAction | null;
  /** `action` reads `assertion` and `next`; null for whoever has no confirmed passkey. */
  readonly passkey: { readonly ask: AskStep; readonly action: FormAction } | null;
}

/** After the password of somebody who has a second step. */
export function SecondStep({ host, next, action, passkey }: SecondStepProps) {
  return (
    <Door title="Your second step" text={host}>
      {passkey ? <PasskeyForm {...passkey} next={next} /> : null}
      {action ? <CodeForm action={action} next={next} isFirst={passkey === null} /> : null}
      <p className="t3 sm">
        Lost the device and the recovery codes? <a href="/sign-in">Begin again</a>, or ask an administrator to
        take them away.
      </p>
    </Door>
  );
}

function PasskeyForm({ ask, action, next }: NonNullable<SecondStepProps["passkey"]> & { next: string }) {
  const form = useForm(stepping(action, ask));
  return (
    <form {...form.props} className="grid gap-3">
      <input type="hidden" name="next" value={next} />
      <FormAnswer state={form.state} />
      <Button
        type="submit"
        size="lg"
        tone="ink"
        icon={Fingerprint}
        autoFocus
        pending={form.pending && "Waiting for your passkey"}
      >
        Use a passkey
      </Button>
    </form>
  );
}

function CodeForm({ action, next, isFirst }: { action: FormAction; next: string; isFirst: boolean }) {
  const form = useForm(action);
  return (
    <form {...form.props} className="grid gap-3">
      <input type="hidden" name="next" value={next} />
      <TextField
        name="code"
        label="One-time code"
        inputMode="text"
        autoComplete="one-time-code"
        hint="The six digits your app shows now, or one of your recovery codes."
        required
        autoFocus={isFirst}
        mono
        errors={form.state.fields}
      />
      <FormAnswer state={form.state} />
      <Button type="submit" size="lg" tone={isFirst ? "ink" : "plain"} pending={form.pending && "Signing in"}>
        Sign in
      </Button>
    </form>
  );
}
