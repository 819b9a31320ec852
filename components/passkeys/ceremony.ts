// What the browser's own dialogs end with, in sentences.
import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import type { FormAction, FormState } from "../form/state.ts";

type CreationOptions = Parameters<typeof startRegistration>[0]["optionsJSON"];
type RequestOptions = Parameters<typeof startAuthentication>[0]["optionsJSON"];

/** What a door answered that was asked with data instead of a form. */
type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string; readonly requestId?: string };

/** What a passkey is asked to sign: of a gate, bound to what was shown. */
export type AskToSign = (decided: {
  gateId: string;
  digest: string;
}) => Promise<Answer<{ readonly options: RequestOptions }>>;

/** What a passkey is asked as the second step of signing in. */
export type AskStep = (
  nothing: Record<string, never>,
) => Promise<Answer<{ readonly options: RequestOptions }>>;

/** What a new passkey is made from. */
export type AskToEnrol = (
  nothing: Record<string, never>,
) => Promise<Answer<{ readonly options: CreationOptions }>>;

const CANCELLED =
  "Nothing was signed: it was cancelled, took longer than a minute, or this device has none of your passkeys. Nothing was decided.";
const NOT_SHOWN =
  "It was cancelled, took longer than a minute, or this device has none of your passkeys. Try again.";
const NOT_MADE = "No passkey was made: it was cancelled, or took longer than a minute.";

/** The name of what the browser threw; the library wraps some of it. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return error.cause instanceof Error ? error.cause.name : error.name;
}

export function sentenceOf(error: unknown, cancelled: string): string {
  switch (nameOf(error)) {
    case "NotAllowedError":
    case "AbortError":
      return cancelled;
    case "InvalidStateError":
      return "This device has a passkey of yours for this site already.";
    case "SecurityError":
      return "The browser keeps no passkeys for this address. Open the address that stands on Passkeys.";
    case "ConstraintError":
    case "NotSupportedError":
      return "This device cannot check who you are, by a PIN, a fingerprint or a face. Use another one.";
    default:
      return "This browser could not use a passkey. Try another browser or device.";
  }
}

interface Steps<O, R> {
  /** Null outside of the shell. */
  readonly ask: (() => Promise<Answer<{ readonly options: O }>>) | null;
  readonly start: (options: O) => Promise<R>;
  readonly field: string;
  readonly cancelled: string;
}

/** Asks the door, then the browser, and puts its answer into the form; else what to say. */
async function filled<O, R>(
  form: FormData,
  { ask, start, field, cancelled }: Steps<O, R>,
): Promise<FormState | null> {
  const asked = await ask?.();
  if (!asked) return { error: "The page is not ready. Reload it." };
  if (!asked.ok)
    return { error: asked.error, ...(asked.requestId === undefined ? {} : { requestId: asked.requestId }) };
  try {
    form.set(field, JSON.stringify(await start(asked.value.options)));
    return null;
  } catch (error) {
    return { error: sentenceOf(error, cancelled) };
  }
}

/** The action with what a passkey signed in the form's `assertion`. */
export const signing =
  (decide: FormAction, ask: AskToSign | null, decided: { gateId: string; digest: string }): FormAction =>
  async (before, form) => {
    const refused = await filled(form, {
      ask: ask && (() => ask(decided)),
      start: (optionsJSON: RequestOptions) => startAuthentication({ optionsJSON }),
      ...{ field: "assertion", cancelled: CANCELLED },
    });
    return refused ?? decide(before, form);
  };

/** The same for whoever signs in. */
export const stepping =
  (enter: FormAction, ask: AskStep): FormAction =>
  async (before, form) => {
    const refused = await filled(form, {
      ask: () => ask({}),
      start: (optionsJSON: RequestOptions) => startAuthentication({ optionsJSON }),
      ...{ field: "assertion", cancelled: NOT_SHOWN },
    });
    return refused ?? enter(before, form);
  };

/** The action with what the browser made in the form's `registration`. */
export const enrolling =
  (enrol: FormAction, ask: AskToEnrol): FormAction =>
  async (before, form) => {
    const refused = await filled(form, {
      ask: () => ask({}),
      start: (optionsJSON: CreationOptions) => startRegistration({ optionsJSON }),
      ...{ field: "registration", cancelled: NOT_MADE },
    });
    return refused ?? enrol(before, form);
  };
