import type { DeputyView } from "#lib/deputies/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { formatDay } from "../format.ts";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

const day = (at: Date) => formatDay(at.toISOString(), true);

/** Times in which somebody decides for another. */
export function DeputyTable({ deputies, end }: { deputies: readonly DeputyView[]; end: FormAction | null }) {
  return (
    <Table
      label="Deputies"
      tall
      columns={[
        { key: "who", title: "Who decides" },
        { key: "where", title: "Of what", wide: true },
        { key: "when", title: "When" },
        { key: "actions", title: "Actions", quiet: true },
      ]}
    >
      {deputies.map(({ id, personName, deputyName, pilotName, startsAt, endsAt }) => (
        <tr key={id}>
          <td className="tw">
            <Visible text={deputyName ?? "Whoever is on duty"} />{" "}
            <span className="t3">
              for <Visible text={personName} />
            </span>
          </td>
          <td className="only-wide t2">
            <Visible text={pilotName ?? "everything they decide about"} />
          </td>
          <td className="t2">
            {day(startsAt)} to {day(endsAt)}
          </td>
          <td className="n">
            {end ? (
              <ActionButton action={end} fields={{ deputyshipId: id }} doing="Ending it" size="sm">
                End it
              </ActionButton>
            ) : null}
          </td>
        </tr>
      ))}
    </Table>
  );
}
