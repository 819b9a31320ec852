import { Cadence } from "#lib/pilots/schema/kpis.ts";
import { CADENCES } from "../limit-words.ts";
import { Deputies, Owners, type OwnersProps } from "./exit.tsx";
import { ChoiceField, NumberField, Part } from "./fields.tsx";

export function Kpis({ people, ...own }: OwnersProps) {
  return (
    <Part
      id="kpis"
      title="KPIs"
      text="What the numbers rest on, how long payloads stay, and who answers for it. The targets stand beside the goal."
    >
      <div className="r4">
        <NumberField
          {...own}
          name="kpis.minimumSample"
          label="Minimum sample"
          unit="rows"
          hint="Below it no verdict is given."
        />
        <NumberField
          {...own}
          name="kpis.retentionDays"
          label="Payloads are kept"
          unit="days"
          hint="After a run's end. 0 = as it is set on the pilot."
        />
        <ChoiceField
          {...own}
          name="kpis.cadence"
          label="A look at the numbers"
          hint="The owners are told when one is due."
          options={Cadence.options.map((one) => ({ value: one, title: CADENCES[one] }))}
        />
      </div>
      <Owners {...own} people={people} />
      <Deputies {...own} people={people} />
    </Part>
  );
}
