import { RunKind } from "#lib/pilots/schema/goal.ts";
import { ChoicesField } from "./choices.tsx";
import { LinesField, NumberField, type PartProps } from "./fields.tsx";
import { ProtectedClasses } from "./protection.tsx";

/** Where no patch may go, how large it may be, and what else runs may be for. */
export function Zones(own: PartProps) {
  return (
    <>
      <div className="r2">
        <LinesField
          {...own}
          name="scope.forbiddenPaths"
          label="Forbidden paths"
          hint="One a line: a patch that touches one is refused, also inside the allowed paths."
          rows={4}
        />
        <div className="grid gap-3.5 content-start">
          <NumberField
            {...own}
            name="scope.maxFiles"
            label="A patch changes at most"
            unit="files"
            hint="Beyond it the patch is refused. 0 = no limit of the charter's."
          />
          <NumberField
            {...own}
            name="scope.maxChangedLines"
            label="And at most"
            unit="lines"
            hint="Added and removed."
          />
        </div>
      </div>
      <LinesField
        {...own}
        name="scope.licences"
        label="Licences of packages"
        hint="SPDX names, one a line: a patch that adds a package under another licence is refused, one that nobody knows needs another approver. None: any."
        rows={3}
      />
      <ProtectedClasses {...own} />
      <ChoicesField
        {...own}
        name="scope.kinds"
        label="Kinds of runs"
        hint="None: only the kind of the goal."
        options={RunKind.options.map((kind) => ({ value: kind, title: kind }))}
      />
    </>
  );
}
