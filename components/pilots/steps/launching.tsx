import { ROLE_NAMES } from "#lib/authz/schema.ts";
import { WeekDay } from "#lib/hours/schema.ts";
import { LauncherRole } from "#lib/pilots/schema/controls.ts";
import { ChoicesField } from "./choices.tsx";
import { ChoiceField, CodeField, Group, LinesField, type PartProps } from "./fields.tsx";

export interface LaunchingProps extends PartProps {
  readonly agents: readonly { readonly id: string; readonly name: string }[];
}

const DAYS: Readonly<Record<WeekDay, string>> = {
  ...{ mon: "Mon", tue: "Tue", wed: "Wed", thu: "Thu", fri: "Fri", sat: "Sat", sun: "Sun" },
};

/** Who launches runs, with which agents and models, and when. */
export function Launching({ agents, ...own }: LaunchingProps) {
  const chosen = own.values["controls.agents"] ?? [];
  // Those that are chosen stay chosen, whoever else is there.
  const unknown = [...chosen].filter(
    (id) => id.startsWith("agt_") && !agents.some((agent) => agent.id === id),
  );
  const shown = [...agents, ...unknown.map((id) => ({ id, name: id }))];
  return (
    <Group title="Launching">
      <div className="r2">
        <ChoicesField
          {...own}
          name="controls.launchers"
          label="Roles that may launch"
          hint="None chosen: everybody whose role may launch runs."
          options={LauncherRole.options.map((role) => ({ value: role, title: ROLE_NAMES[role] }))}
        />
        {shown.length > 0 ? (
          <ChoicesField
            {...own}
            name="controls.agents"
            label="Agents"
            hint="None chosen: any agent."
            options={shown.map(({ id, name }) => ({ value: id, title: name }))}
          />
        ) : null}
      </div>
      <div className="r2">
        <LinesField
          {...own}
          name="controls.models"
          label="Models"
          hint="One a line, named as the provider does. Empty: any. Calls of another one are refused."
        />
        <ChoicesField
          {...own}
          name="controls.workDays"
          label="Days of work"
          hint="Runs are launched on these days only. None chosen: always."
          options={WeekDay.options.map((day) => ({ value: day, title: DAYS[day] }))}
        />
      </div>
      <div className="r4">
        <CodeField {...own} name="controls.workFrom" label="Work begins" hint="In the pilot's time zone." />
        <CodeField {...own} name="controls.workTo" label="Work ends" hint="24:00 is the end of a day." />
        <ChoiceField
          {...own}
          name="controls.approvalClock"
          label="Hours to decide count"
          options={[
            { value: "always", title: "Day and night" },
            { value: "working", title: "In hours of work" },
          ]}
        />
      </div>
    </Group>
  );
}
