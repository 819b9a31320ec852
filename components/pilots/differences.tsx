import { ShieldCheck, TriangleAlert } from "lucide-react";
import type { Difference } from "#lib/charters/schema.ts";
import { Remark } from "../ui/badge.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { fieldName } from "./field-names.ts";

const NOTHING = "nothing";
const ORDER = "the same, in another order";

function Lines({ lines, others }: { lines: readonly string[]; others: readonly string[] }) {
  if (lines.length === 0) return <span className="t3">{others.length === 0 ? ORDER : NOTHING}</span>;
  return (
    <ul className="mono sm">
      {lines.map((line, at) => (
        <li key={`${at} ${line}`}>
          <Visible text={line === "" ? NOTHING : line} mode="block" />
        </li>
      ))}
    </ul>
  );
}

/** What changes from one charter to another, a field a row, and which way each goes. */
export function Differences({ changes }: { changes: readonly Difference[] }) {
  return (
    <Table
      label="What changes"
      columns={[
        { key: "field", title: "Field" },
        { key: "before", title: "In force" },
        { key: "after", title: "Would be" },
        { key: "direction", title: "Weighs as" },
      ]}
    >
      {changes.map(({ field, before, after, direction }) => (
        <tr key={field} data-field={field}>
          <td className="med tw">{fieldName(field)}</td>
          <td>
            <Lines lines={before} others={after} />
          </td>
          <td>
            <Lines lines={after} others={before} />
          </td>
          <td className="nowrap">
            {direction === "looser" ? (
              <Remark tone="need" icon={TriangleAlert}>
                looser
              </Remark>
            ) : (
              <Remark tone="good" icon={ShieldCheck}>
                tighter
              </Remark>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}
