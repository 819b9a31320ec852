import type { FieldErrors } from "#lib/errors.ts";

/** What a form's action answers. An action that leads elsewhere redirects instead. */
export interface FormState {
  /** One sentence about the whole form. */
  readonly error?: string;
  /** Name of the field → sentences to stand beside it. */
  readonly fields?: FieldErrors;
  readonly requestId?: string;
  /** What was done, where the page stays. */
  readonly done?: string;
}

/** A server action as forms use it (React's `useActionState` shape). */
export type FormAction = (before: FormState, form: FormData) => Promise<FormState>;

/** Sentences for one field. */
export function errorsOf(fields: FieldErrors | undefined, name: string): readonly string[] {
  return (fields && Object.hasOwn(fields, name) ? fields[name] : undefined) ?? [];
}

/** How many fields of a part ("controls") are wrong. */
export function problemsIn(fields: FieldErrors | undefined, part: string): number {
  return Object.keys(fields ?? {}).filter((name) => name === part || name.startsWith(`${part}.`)).length;
}
