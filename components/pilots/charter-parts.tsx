import type { ReactNode } from "react";
import type { FieldErrors } from "#lib/errors.ts";
import type { CharterField, FormValues } from "#lib/pilots/form.ts";
import { RunKind } from "#lib/pilots/schema.ts";
import { type Option, SelectField, TextAreaField, TextField } from "../form/field.tsx";

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
        <h2 className="h2" id={`part-${id}-title`}>
          {title}
        </h2>
        <p className="hint">{text}</p>
      </div>
      {children}
    </section>
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

export function Goal({ values, errors, withName }: PartProps & { withName: boolean }) {
  return (
    <Part id="goal" title="Goal" text="Stands in every decision document, word for word.">
      {withName ? (
        <div className="r2">
          <TextField
            name="name"
            label="Name of the pilot"
            errors={errors}
            defaultValue={textOf(values, "name")}
            autoComplete="off"
            autoFocus
          />
          <TextField
            name="timeZone"
            label="Time zone"
            hint="Days and weeks of its numbers are cut here."
            errors={errors}
            defaultValue={textOf(values, "timeZone")}
            autoComplete="off"
          />
        </div>
      ) : null}
      <TextAreaField
        name="goal.statement"
        label="What it is to achieve"
        errors={errors}
        defaultValue={textOf(values, "goal.statement")}
      />
      <SelectField
        name="goal.kind"
        label="Kind of work"
        errors={errors}
        defaultValue={textOf(values, "goal.kind")}
        options={RunKind.options.map((kind) => ({ value: kind, title: kind }))}
      />
    </Part>
  );
}

export interface ScopePartProps extends PartProps {
  readonly repositories: readonly {
    readonly id: string;
    readonly name: string;
    readonly branch: string | null;
  }[];
}

export function Scope({ values, errors, repositories }: ScopePartProps) {
  return (
    <Part
      id="scope"
      title="Scope"
      text="A patch that leaves the allowed paths is refused; one that touches protected paths needs another person."
    >
      <div className="r2">
        <SelectField
          name="scope.repositoryId"
          label="Repository"
          errors={errors}
          defaultValue={textOf(values, "scope.repositoryId")}
          options={
            repositories.length === 0
              ? [{ value: "", title: "No repository is ready yet" }]
              : repositories.map(({ id, name }) => ({ value: id, title: name }))
          }
        />
        <CodeField {...{ values, errors }} name="scope.branch" label="Branch" />
      </div>
      <div className="r2">
        <LinesField
          {...{ values, errors }}
          name="scope.allowedPaths"
          label="Allowed paths"
          hint="One a line; ** is everything."
          rows={6}
        />
        <LinesField
          {...{ values, errors }}
          name="scope.protectedPaths"
          label="Protected paths"
          hint="One a line."
          rows={6}
        />
      </div>
    </Part>
  );
}
