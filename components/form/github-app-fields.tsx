import type { FieldErrors } from "#lib/errors.ts";
import { TextAreaField, TextField } from "./field.tsx";

/** What an app of GitHub is known by: `app`, `installation` and `key`. */
export function GitHubAppFields({ errors }: { readonly errors: FieldErrors | undefined }) {
  return (
    <>
      <TextField name="app" label="Client id or number of the app" mono errors={errors} />
      <TextField name="installation" label="Number of its installation" mono errors={errors} />
      <TextAreaField
        name="key"
        label="Private key"
        hint="PEM, whole"
        mono
        autoComplete="off"
        errors={errors}
      />
    </>
  );
}
