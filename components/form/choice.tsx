import type { ReactNode } from "react";
import type { FieldErrors } from "#lib/errors.ts";
import { errorsOf } from "./state.ts";
import { Wrong } from "./wrong.tsx";

interface ToggleProps {
  readonly name: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly value?: string;
  readonly defaultChecked?: boolean;
  readonly disabled?: boolean;
}

export function CheckField({ name, label, hint, value = "yes", ...rest }: ToggleProps) {
  return (
    <label className="row">
      <input type="checkbox" className="check" name={name} value={value} {...rest} />
      <span className="med">{label}</span>
      {hint ? <span className="hint">{hint}</span> : null}
    </label>
  );
}

export interface Choice {
  readonly value: string;
  readonly title: ReactNode;
  readonly fact?: ReactNode;
  readonly text?: ReactNode;
}

export interface RadioCardsProps {
  readonly name: string;
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly defaultValue?: string;
  readonly onChange?: (value: string) => void;
  readonly errors?: FieldErrors | undefined;
}

/** One of a few, each with room for a sentence. */
export function RadioCards({ name, label, choices, defaultValue, onChange, errors }: RadioCardsProps) {
  return (
    <fieldset className="cards">
      <legend className="vh">{label}</legend>
      {choices.map(({ value, title, fact, text }) => (
        <label key={value} className="optl">
          <input
            className="radio"
            type="radio"
            name={name}
            value={value}
            defaultChecked={value === defaultValue}
            onChange={onChange ? () => onChange(value) : undefined}
          />
          <span className="med trunc">{title}</span>
          <span className="t3 sm num">{fact}</span>
          {text ? <span className="hint">{text}</span> : null}
        </label>
      ))}
      <Wrong sentences={errorsOf(errors, name)} />
    </fieldset>
  );
}
