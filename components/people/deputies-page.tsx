import { CalendarClock, UserRound } from "lucide-react";
import type { DeputyView, DutyView } from "#lib/deputies/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { formatDay, plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { DeputyTable } from "./deputy-table.tsx";
import { SettingsTabs } from "./settings-tabs.tsx";
import { PutOnDuty, type PutOnDutyProps, StandIn, type StandInProps } from "./stand-in.tsx";

export interface DeputiesPageProps {
  readonly deputies: readonly DeputyView[];
  readonly duties: readonly DutyView[];
  readonly name: StandInProps;
  /** Reads `deputyshipId`. */
  readonly end: FormAction;
  /** Null for a person who writes no rota. */
  readonly duty: PutOnDutyProps | null;
  /** Reads `dutyId`. */
  readonly offDuty: FormAction | null;
}

export function DeputiesPage({ deputies, duties, name, end, duty, offDuty }: DeputiesPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Deputies and duty"
        text="Who decides at gates while somebody is away. A deputy has the absent person's roles for that and nothing else; the two of them never count as two."
      />
      <SettingsTabs current="Deputies and duty" />
      <Panel title="For you, and by you" fact={plural(deputies.length, "time")} className="mt-4">
        {deputies.length === 0 ? (
          <Empty
            icon={UserRound}
            title="Nobody decides for you"
            text="Name somebody before you go away, so that what waits for you does not expire."
          />
        ) : (
          <DeputyTable deputies={deputies} end={end} />
        )}
        <StandIn {...name} />
      </Panel>
      <Panel title="On duty" fact={plural(duties.length, "time")} className="mt-4">
        {duties.length === 0 ? (
          <Empty
            icon={CalendarClock}
            title="No rota yet"
            text="Whoever gives roles on a pilot writes down who is on duty for it."
          />
        ) : (
          <Rota duties={duties} offDuty={offDuty} />
        )}
        {duty ? <PutOnDuty {...duty} /> : null}
      </Panel>
    </div>
  );
}

const day = (at: Date) => formatDay(at.toISOString(), true);

function Rota({ duties, offDuty }: Pick<DeputiesPageProps, "duties" | "offDuty">) {
  return (
    <Table
      label="On duty"
      columns={[
        { key: "pilot", title: "Pilot" },
        { key: "who", title: "Who" },
        { key: "when", title: "When" },
        { key: "actions", title: "Actions", quiet: true },
      ]}
    >
      {duties.map(({ id, pilotName, personName, startsAt, endsAt }) => (
        <tr key={id}>
          <td className="med tw">
            <Visible text={pilotName} />
          </td>
          <td className="tw">
            <Visible text={personName} />
          </td>
          <td className="t2">
            {day(startsAt)} to {day(endsAt)}
          </td>
          <td className="n">
            {offDuty ? (
              <ActionButton action={offDuty} fields={{ dutyId: id }} doing="Taking them off" size="sm">
                Take off
              </ActionButton>
            ) : null}
          </td>
        </tr>
      ))}
    </Table>
  );
}
