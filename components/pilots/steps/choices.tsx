import type { CharterField } from "#lib/pilots/form.ts";
import { CheckField } from "../../form/choice.tsx";
import { errorsOf } from "../../form/state.ts";
import { Wrong } from "../../form/wrong.tsx";
import type { PartProps } from "./fields.tsx";

export interface ChoicesFieldProps extends PartProps {
  readonly name: CharterField;
  readonly label: string;
  readonly hint?: string;
  readonly options: readonly { readonly value: string; readonly title: string }[];
}

/** Several of a few words. */
export function ChoicesField({ values, errors, name, label, hint, options }: ChoicesFieldProps) {
  const chosen = values[name] ?? [];
  const wrong = errorsOf(errors, name);
  return (
    <fieldset className="grid gap-2">
      <legend className="label mb-1.5">{label}</legend>
      <div className="row flex-wrap gap-4">
        {options.map(({ value, title }) => (
          <CheckField
            key={value}
            {...{ name, value }}
            label={title}
            defaultChecked={chosen.includes(value)}
          />
        ))}
      </div>
      {hint ? <p className="hint">{hint}</p> : null}
      <Wrong sentences={wrong} />
    </fieldset>
  );
}
