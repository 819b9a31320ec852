import { unstable_rethrow } from "next/navigation";
import { type FormEvent, startTransition, useActionState, useEffect, useRef } from "react";
import type { FormAction, FormState } from "./state.ts";

export interface FormHandle {
  readonly state: FormState;
  readonly pending: boolean;
  /** For `<form {...form.props}>`. */
  readonly props: {
    readonly ref: React.RefObject<HTMLFormElement | null>;
    readonly action: (form: FormData) => void;
    readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
    readonly noValidate: true;
  };
}

const LOST: FormState = {
  error: "The answer did not arrive. It may have been done: look before you try again.",
};

async function answerOf(action: FormAction, before: FormState, form: FormData): Promise<FormState> {
  try {
    return await action(before, form);
  } catch (error) {
    unstable_rethrow(error); // a redirect is not a failure
    return LOST;
  }
}

/** Sends a form to its action, keeps what was typed when it is refused, and puts the focus on the first mistake. */
export function useForm(action: FormAction, onDone?: (state: FormState) => void): FormHandle {
  const [state, dispatch, pending] = useActionState<FormState, FormData>(
    (before, form) => answerOf(action, before, form),
    {},
  );
  const ref = useRef<HTMLFormElement>(null);
  const told = useRef<FormState>(state);
  useEffect(() => {
    if (state === told.current) return;
    told.current = state;
    if (state.error || state.fields)
      ref.current?.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]')?.focus();
    else onDone?.(state);
  }, [state, onDone]);
  // React empties a form after its action; sending it by hand keeps the values.
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const submitter = (event.nativeEvent as SubmitEvent).submitter;
    const form = new FormData(event.currentTarget, submitter instanceof HTMLButtonElement ? submitter : null);
    startTransition(() => dispatch(form));
  };
  return { state, pending, props: { ref, action: dispatch, onSubmit, noValidate: true } };
}
