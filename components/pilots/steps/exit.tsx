import { CRITERION_NAMES } from "#lib/pilots/exit-rules.ts";
import { ExitCriterion } from "#lib/pilots/schema/rollback.ts";
import { ChoicesField, type ChoicesFieldProps } from "./choices.tsx";
import type { PartProps } from "./fields.tsx";

/** What has to be so before the pilot is completed. */
export function ExitCriteria(own: PartProps) {
  return (
    <ChoicesField
      {...own}
      name="rollback.exitCriteria"
      label="Before it is completed"
      hint="Whoever completes it states how each is met; a review is by somebody who launched none of its runs."
      options={ExitCriterion.options.map((one) => ({ value: one, title: CRITERION_NAMES[one] }))}
    />
  );
}

export interface OwnersProps extends PartProps {
  /** Who may complete a pilot. */
  readonly people: readonly { readonly id: string; readonly name: string }[];
}

/** Nobody to choose among, and nobody chosen: nothing is shown. */
function People({
  people,
  name,
  ...field
}: OwnersProps & Pick<ChoicesFieldProps, "label" | "hint"> & { name: "kpis.owners" | "kpis.deputies" }) {
  const chosen = field.values[name] ?? [];
  // Those that are chosen stay chosen, whoever else is there.
  const unknown = [...chosen].filter((id) => id.startsWith("per_") && !people.some((one) => one.id === id));
  const options = [...people, ...unknown.map((id) => ({ id, name: id }))];
  if (options.length === 0) return null;
  return (
    <ChoicesField
      {...field}
      name={name}
      options={options.map((one) => ({ value: one.id, title: one.name }))}
    />
  );
}

export function Owners(own: OwnersProps) {
  return (
    <People
      {...own}
      name="kpis.owners"
      label="Owners"
      hint="Two people who answer for it: nobody else completes it. Nobody: whoever may amend it."
    />
  );
}

export function Deputies(own: OwnersProps) {
  return (
    <People
      {...own}
      name="kpis.deputies"
      label="Deputies of the owners"
      hint="At most two, told what the owners are told while one of them is away, and of decisions that wait too long."
    />
  );
}
