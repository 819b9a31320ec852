"use client";

import { type ReactNode, useState } from "react";
import { Button, type ButtonProps } from "../ui/button.tsx";
import { Dialog, type DialogProps } from "../ui/dialog.tsx";
import { FormAnswer } from "./form-answer.tsx";
import type { FormAction } from "./state.ts";
import { type FormHandle, useForm } from "./use-form.ts";

export interface OpensDialogProps extends Pick<DialogProps, "title" | "text" | "wide"> {
  readonly button: Omit<ButtonProps, "onClick">;
  /** What is in it; what was typed there is gone once it closes. */
  readonly children: (onClose: () => void) => ReactNode;
}

/** A button and the dialog it opens. */
export function OpensDialog({ button, children, ...dialog }: OpensDialogProps) {
  const [open, setOpen] = useState(false);
  const onClose = () => setOpen(false);
  return (
    <>
      <Button {...button} onClick={() => setOpen(true)} />
      <Dialog {...dialog} open={open} onClose={onClose}>
        {children(onClose)}
      </Dialog>
    </>
  );
}

/** A form that closes its dialog once it is done. */
export const useClosingForm = (action: FormAction, onClose: () => void): FormHandle =>
  useForm(action, ({ done }) => {
    if (done) onClose();
  });

export interface DialogFormProps {
  readonly form: FormHandle;
  readonly onClose: () => void;
  /** On the button that sends it, and while it is sent: "Make it", "Making it". */
  readonly submit: readonly [word: string, pending: string];
  /** Sent with it. */
  readonly hidden?: Readonly<Record<string, string | number>>;
  /** Shown in the place of what the action said. */
  readonly answer?: ReactNode;
  readonly children: ReactNode;
}

/** The form of a dialog. Once it is done there is an answer to read and nothing left to send. */
export function DialogForm({
  form,
  onClose,
  submit: [word, pending],
  hidden = {},
  answer,
  children,
}: DialogFormProps) {
  return (
    <form {...form.props} className="grid gap-3.5">
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
      {answer ?? <FormAnswer state={form.state} />}
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Close
        </Button>
        {form.state.done ? null : (
          <Button type="submit" size="lg" tone="ink" pending={form.pending && pending}>
            {word}
          </Button>
        )}
      </div>
    </form>
  );
}
