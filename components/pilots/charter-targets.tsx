import { TextField } from "../form/field.tsx";
import { NumberField, Part, type PartProps, textOf } from "./charter-parts.tsx";

export function Kpis(own: PartProps) {
  return (
    <Part
      id="kpis"
      title="KPIs"
      text="Targets the numbers are held against. Below the minimum sample no verdict is given."
    >
      <div className="r4">
        <NumberField {...own} name="kpis.throughputPerWeek" label="Merged, at least" unit="a week" />
        <NumberField
          {...own}
          name="kpis.agentLeadTimeHours"
          label="Launch to merge"
          unit="h"
          hint="Median, at most."
        />
        <NumberField
          {...own}
          name="kpis.reviewToMergeHours"
          label="Review to merge"
          unit="h"
          hint="Median, at most."
        />
        <NumberField {...own} name="kpis.minimumSample" label="Minimum sample" unit="rows" />
      </div>
    </Part>
  );
}

export function Rollback({ values, errors }: PartProps) {
  const own = { values, errors };
  return (
    <Part id="rollback" title="Rollback and exit" text="What stops the pilot by itself, and when it is over.">
      <div className="r4">
        <NumberField
          {...own}
          name="rollback.pauseAfterFailedRuns"
          label="Pause after"
          unit="failed"
          hint="Runs in a row."
        />
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
    </Part>
  );
}
