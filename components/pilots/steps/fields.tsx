import { type ReactNode, useId } from "react";
import type { FieldErrors } from "#lib/errors.ts";
import type { CharterField, FormValues } from "#lib/pilots/form.ts";
import { type Option, SelectField, TextAreaField, TextField } from "../../form/field.tsx";

export interface PartProps {
  readonly values: FormValues;
  readonly errors: FieldErrors | undefined;
}

/** The text a field starts with. */
export function textOf(values: FormValues, name: CharterField | "name" | "timeZone"): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return typeof value === "string" ? value : "";
}

export function Part({
  id,
  title,
  text,
  children,
}: {
  id: string;
  title: string;
  text: string;
  children: ReactNode;
}) {
  return (
    <section className="wz-sec" id={`part-${id}`} aria-labelledby={`part-${id}-title`}>
      <div>
        <h2 className="h2" id={`part-${id}-title`} tabIndex={-1}>
          {title}
        </h2>
        <p className="hint">{text}</p>
      </div>
      {children}
    </section>
  );
}

/** Fields that belong together, below a title of their own. */
export function Group({
  title,
  hint,
  invalid = false,
  children,
}: {
  title: string;
  hint?: string;
  invalid?: boolean;
  children: ReactNode;
}) {
  const about = useId();
  return (
    <fieldset
      className="wz-group"
      aria-labelledby={`${about}-title`}
      {...(hint ? { "aria-describedby": about } : {})}
      {...(invalid ? { "aria-invalid": true, tabIndex: -1 } : {})}
    >
      <h3 className="h2" id={`${about}-title`}>
        {title}
      </h3>
      {hint ? (
        <p className="hint" id={about}>
          {hint}
        </p>
      ) : null}
      {children}
    </fieldset>
  );
}

interface FieldProps extends PartProps {
  readonly name: CharterField;
  readonly label: string;
  readonly hint?: string;
}

export function NumberField({ values, errors, name, label, hint, unit }: FieldProps & { unit?: string }) {
  return (
    <TextField
      {...{ name, label, errors }}
      {...(hint ? { hint } : {})}
      {...(unit ? { unit } : {})}
      inputMode="numeric"
      className="num"
      defaultValue={textOf(values, name)}
      autoComplete="off"
    />
  );
}

/** One line of code: a command, a path, a branch. */
export function CodeField({ values, errors, name, label, hint }: FieldProps) {
  return (
    <TextField
      {...{ name, label, errors }}
      {...(hint ? { hint } : {})}
      mono
      defaultValue={textOf(values, name)}
      autoComplete="off"
    />
  );
}

export function ChoiceField({
  values,
  errors,
  name,
  label,
  hint,
  options,
}: FieldProps & { options: readonly Option[] }) {
  return (
    <SelectField
      {...{ name, label, errors, options }}
      {...(hint ? { hint } : {})}
      defaultValue={textOf(values, name)}
    />
  );
}

export function LinesField({ values, errors, name, label, hint, rows = 3 }: FieldProps & { rows?: number }) {
  return (
    <TextAreaField
      {...{ name, label, errors, rows }}
      {...(hint ? { hint } : {})}
      mono
      defaultValue={textOf(values, name)}
      spellCheck={false}
    />
  );
}
