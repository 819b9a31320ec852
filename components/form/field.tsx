import type { ComponentProps, ReactNode } from "react";
import type { FieldErrors } from "#lib/errors.ts";
import { errorsOf } from "./state.ts";
import { Wrong } from "./wrong.tsx";

interface Labelled {
  readonly name: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly errors?: FieldErrors | undefined;
  /** Right of the label: a link, a count. */
  readonly aside?: ReactNode;
}

const idOf = (name: string) => `f-${name.replaceAll(/[^a-zA-Z0-9]+/g, "-")}`;

interface FrameProps extends Labelled {
  readonly control: (wiring: { id: string; "aria-invalid"?: true; "aria-describedby"?: string }) => ReactNode;
}

/** Label above, hint below; an error takes the hint's place and names the cause and a way out. */
export function FieldFrame({ name, label, hint, errors, aside, control }: FrameProps) {
  const id = idOf(name);
  const wrong = errorsOf(errors, name);
  const about = wrong.length > 0 || hint ? `${id}-about` : undefined;
  return (
    <div className="field">
      <div className="row">
        <label className="label grow" htmlFor={id}>
          {label}
        </label>
        {aside}
      </div>
      {control({
        id,
        ...(wrong.length > 0 ? { "aria-invalid": true } : {}),
        ...(about ? { "aria-describedby": about } : {}),
      })}
      {wrong.length > 0 ? (
        <Wrong sentences={wrong} id={about} />
      ) : hint ? (
        <p className="hint" id={about}>
          {hint}
        </p>
      ) : null}
    </div>
  );
}

export interface TextFieldProps extends Labelled, Omit<ComponentProps<"input">, "name"> {
  /** A unit behind the value: min, MiB, USD. */
  readonly unit?: string;
  readonly mono?: boolean;
}

export function TextField({
  name,
  label,
  hint,
  errors,
  aside,
  unit,
  mono,
  className = "",
  ...input
}: TextFieldProps) {
  const field = (wiring: object) => (
    <input
      {...input}
      {...wiring}
      name={name}
      className={`input ${mono ? "mono" : ""} ${className}`}
      spellCheck={mono ? false : input.spellCheck}
    />
  );
  return (
    <FieldFrame
      {...{ name, label, hint, errors, aside }}
      control={(wiring) =>
        unit ? (
          <div className="suf">
            {field(wiring)}
            <span>{unit}</span>
          </div>
        ) : (
          field(wiring)
        )
      }
    />
  );
}

export function TextAreaField({
  name,
  label,
  hint,
  errors,
  aside,
  mono,
  ...area
}: Labelled & Omit<ComponentProps<"textarea">, "name"> & { mono?: boolean }) {
  return (
    <FieldFrame
      {...{ name, label, hint, errors, aside }}
      control={(wiring) => (
        <textarea rows={3} {...area} {...wiring} name={name} className={`input ${mono ? "mono" : ""}`} />
      )}
    />
  );
}

export interface Option {
  readonly value: string;
  readonly title: string;
  readonly disabled?: boolean;
}

export function SelectField({
  name,
  label,
  hint,
  errors,
  aside,
  options,
  ...select
}: Labelled & Omit<ComponentProps<"select">, "name"> & { options: readonly Option[] }) {
  return (
    <FieldFrame
      {...{ name, label, hint, errors, aside }}
      control={(wiring) => (
        <select {...select} {...wiring} name={name} className="input select">
          {options.map(({ value, title, disabled }) => (
            <option key={value} value={value} disabled={disabled}>
              {title}
            </option>
          ))}
        </select>
      )}
    />
  );
}
