import { TripAction } from "#lib/pilots/schema/rollback.ts";
import { TextField } from "../../form/field.tsx";
import { TRIPS } from "../limit-words.ts";
import { ExitCriteria } from "./exit.tsx";
import { ChoiceField, NumberField, Part, type PartProps, textOf } from "./fields.tsx";
import { Tripwires } from "./tripwires.tsx";

export function Rollback({ values, errors }: PartProps) {
  const own = { values, errors };
  return (
    <Part id="rollback" title="Rollback and exit" text="What stops the pilot by itself, and when it is over.">
      <div className="r2">
        <NumberField
          {...own}
          name="rollback.pauseAfterFailedRuns"
          label="It trips after"
          unit="failed"
          hint="Runs in a row."
        />
        <ChoiceField
          {...own}
          name="rollback.onFailedRuns"
          label="What happens then"
          hint="Once, and told to its owners."
          options={TripAction.options.map((one) => ({ value: one, title: TRIPS[one] }))}
        />
      </div>
      <div className="r2">
        <NumberField
          {...own}
          name="rollback.maxRuns"
          label="Runs in all"
          hint="Launches are refused beyond."
        />
        <TextField
          name="rollback.endsOn"
          label="Last day"
          type="date"
          errors={errors}
          defaultValue={textOf(values, "rollback.endsOn")}
        />
      </div>
      <Tripwires {...own} />
      <ExitCriteria {...own} />
    </Part>
  );
}
