import { CircleCheck, CircleSlash } from "lucide-react";
import type { Explained } from "#lib/roles/rules.ts";
import { type Option, SelectField } from "../form/field.tsx";
import { wayOf, whereAndUntil } from "../people/words.ts";
import { Remark } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

export interface AskWhyProps {
  readonly people: readonly Option[];
  readonly pilots: readonly Option[];
  readonly personId: string;
  readonly pilotId: string;
}

/** A question in the address: it can be kept, and sent to somebody. */
export function AskWhy({ people, pilots, personId, pilotId }: AskWhyProps) {
  return (
    <form method="get" action="/settings/roles" className="grid gap-3.5 p-4">
      <div className="grid gap-3.5 sm:grid-cols-2">
        <SelectField
          name="person"
          label="Person"
          options={[{ value: "", title: "Choose somebody" }, ...people]}
          defaultValue={personId}
        />
        <SelectField
          name="pilot"
          label="On"
          options={[{ value: "", title: "The organisation itself" }, ...pilots]}
          defaultValue={pilotId}
        />
      </div>
      <div className="row acts">
        <Button type="submit">Show what they may</Button>
      </div>
    </form>
  );
}

/** Each permission with yes or no, and every grant it comes by. */
export function Why({ name, explained }: { name: string; explained: readonly Explained[] }) {
  const allowed = explained.filter(({ by }) => by.length > 0).length;
  return (
    <>
      <p className="p-4 tw" role="status">
        <Visible text={name} /> may do {allowed} of {explained.length} things there.
      </p>
      <Table
        label="What they may, and why"
        columns={[
          { key: "permission", title: "Permission" },
          { key: "answer", title: "May they" },
          { key: "why", title: "Why" },
        ]}
      >
        {explained.map(({ permission, by }) => (
          <tr key={permission} data-may={by.length > 0}>
            <th scope="row" className="mono nowrap">
              {permission}
            </th>
            <td className="nowrap">
              {by.length > 0 ? (
                <Remark tone="good" icon={CircleCheck}>
                  yes
                </Remark>
              ) : (
                <Remark tone="wait" icon={CircleSlash}>
                  no
                </Remark>
              )}
            </td>
            <td className="t2">
              {by.length === 0 ? "no grant includes it" : null}
              {by.map((grant) => (
                <div key={`${grant.id} ${grant.how} ${grant.viaName}`} className="tw">
                  <Visible text={`${grant.roleName} ${whereAndUntil(grant)}, ${wayOf(grant)}`} />
                </div>
              ))}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}
