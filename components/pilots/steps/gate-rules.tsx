import { ROLE_NAMES } from "#lib/authz/schema.ts";
import { gateControl, ruleOfLine } from "#lib/pilots/gate-lines.ts";
import { GATE_NAMES } from "#lib/pilots/gate-words.ts";
import { OwnGateRule, RuledGate } from "#lib/pilots/schema/gates.ts";
import { CheckField } from "../../form/choice.tsx";
import { SelectField, TextField } from "../../form/field.tsx";
import { errorsOf } from "../../form/state.ts";
import { Wrong } from "../../form/wrong.tsx";
import { Group, type PartProps, textOf } from "./fields.tsx";

export interface GateRulesProps extends PartProps {
  /** Roles made here that include deciding at gates. */
  readonly roles: readonly { readonly id: string; readonly name: string }[];
}

const BUILT_IN = (["engineering_lead", "security_lead", "reviewer"] as const).map((id) => ({
  id,
  name: ROLE_NAMES[id],
}));

const CLOCKS = [
  { value: "always", title: "Day and night" },
  { value: "working", title: "In hours of work" },
];

/** Who decides at single gates, where it is not as usual: folded away until somebody wants it. */
export function GateRules({ roles, ...own }: GateRulesProps) {
  const wrong = errorsOf(own.errors, "controls.gates");
  const lines = textOf(own.values, "controls.gates").split("\n");
  const rules = lines.flatMap((line) => {
    const { success, data } = OwnGateRule.safeParse(ruleOfLine(line));
    return success ? [data] : [];
  });
  return (
    <Group
      title="Rules of single gates"
      hint="A gate without a number of people goes by its usual rule, and the first denial closes it."
      invalid={wrong.length > 0}
    >
      {RuledGate.options.map((gate) => (
        <GateRow key={gate} gate={gate} roles={roles} rule={rules.find((one) => one.gate === gate)} />
      ))}
      <Wrong sentences={wrong} />
    </Group>
  );
}

function GateRow({
  gate,
  rule,
  roles,
}: Pick<GateRulesProps, "roles"> & { gate: RuledGate; rule: OwnGateRule | undefined }) {
  const known = [...BUILT_IN, ...roles];
  // Those that are named stay named, whatever became of the role.
  const unknown = (rule?.roles ?? []).filter((id) => !known.some((role) => role.id === id));
  const shown = [...known, ...unknown.map((id) => ({ id, name: id }))];
  const number = (part: "needed" | "denials" | "hours", label: string, unit?: string) => (
    <TextField
      name={gateControl(gate, part)}
      label={label}
      {...(unit ? { unit } : {})}
      errors={undefined}
      inputMode="numeric"
      className="num"
      defaultValue={rule ? String(rule[part]) : ""}
      autoComplete="off"
    />
  );
  return (
    <details open={rule !== undefined} className="gate-row">
      <summary>
        <span className="med">{GATE_NAMES[gate]}</span>
        <span className="hint">{rule ? "its own rule" : "as usual"}</span>
      </summary>
      <fieldset className="grid gap-3" aria-label={GATE_NAMES[gate]}>
        <div className="row flex-wrap gap-4">
          {shown.map(({ id, name }) => (
            <CheckField
              key={id}
              name={gateControl(gate, "roles")}
              value={id}
              label={name}
              defaultChecked={rule?.roles.some((role) => role === id) ?? false}
            />
          ))}
        </div>
        <div className="r4">
          {number("needed", "People who approve")}
          {number("denials", "Denials that close it")}
          {number("hours", "They have", "hours")}
          <SelectField
            name={gateControl(gate, "clock")}
            label="Counted"
            errors={undefined}
            options={CLOCKS}
            defaultValue={rule?.clock ?? "always"}
          />
        </div>
      </fieldset>
    </details>
  );
}
