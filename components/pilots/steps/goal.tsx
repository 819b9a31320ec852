import { RunKind } from "#lib/pilots/schema/goal.ts";
import { SelectField, TextAreaField, TextField } from "../../form/field.tsx";
import { Part, textOf } from "./fields.tsx";
import { Metrics, type MetricsProps } from "./metrics.tsx";

export function Goal({ values, errors, withName, typed, now }: MetricsProps & { withName: boolean }) {
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
      <TextAreaField
        name="goal.problem"
        label="What is wrong today"
        hint="May be left out. Stands beside it wherever somebody decides."
        errors={errors}
        defaultValue={textOf(values, "goal.problem")}
      />
      <SelectField
        name="goal.kind"
        label="Kind of work"
        errors={errors}
        defaultValue={textOf(values, "goal.kind")}
        options={RunKind.options.map((kind) => ({ value: kind, title: kind }))}
      />
      <Metrics {...{ values, errors, typed, now }} />
    </Part>
  );
}
