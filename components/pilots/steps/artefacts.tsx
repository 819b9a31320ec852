import { LinesField, NumberField, type PartProps } from "./fields.tsx";

/** What a run may hand in beside its patch. */
export function Artefacts(own: PartProps) {
  return (
    <fieldset className="grid gap-3">
      <legend className="label mb-1.5">Artefacts, beside the patch</legend>
      <LinesField
        {...own}
        name="environment.artefactPaths"
        label="Artefacts a run may hand in"
        hint="Files, and folders with all below them, such as reports. They are no part of the patch, and stay in quarantine until somebody promoted them. None: nothing is taken. One a line."
        rows={2}
      />
      <div className="r4">
        <NumberField {...own} name="environment.artefactCount" label="Artefacts per attempt" />
        <NumberField {...own} name="environment.artefactMb" label="Together" unit="MB" />
        <NumberField {...own} name="environment.artefactDays" label="Kept in quarantine" unit="days" />
      </div>
    </fieldset>
  );
}
