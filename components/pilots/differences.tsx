import { ShieldCheck, TriangleAlert } from "lucide-react";
import { LISTS } from "#lib/charters/difference.ts";
import type { Difference } from "#lib/charters/schema.ts";
import { CHARTER_FIELDS, type CharterField } from "#lib/pilots/form.ts";
import { Remark } from "../ui/badge.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { fieldName } from "./field-names.ts";

const NOTHING = "nothing";
const ORDER = "the same, in another order";

const MOST = 12;

/** Of a list only what came or went; what stayed is not repeated. */
function Lines({
  lines,
  others,
  mark,
}: {
  lines: readonly string[];
  others: readonly string[];
  /** Of a list: what happened to its items. */
  mark: "removed" | "added" | null;
}) {
  if (lines.length === 0) {
    if (others.length === 0) return <span className="t3">{ORDER}</span>;
    return <span className="t3">{mark === null ? NOTHING : `nothing ${mark}`}</span>;
  }
  const shown = (from: number, to?: number) => (
    <ul className="mono sm">
      {lines.slice(from, to).map((line, at) => (
        <li key={`${from + at} ${line}`}>
          {mark === null ? null : (
            <span className={mark === "removed" ? "bad" : "good"}>
              <span aria-hidden="true">{mark === "removed" ? "− " : "+ "}</span>
              <span className="vh">{mark}: </span>
            </span>
          )}
          <Visible text={line === "" ? NOTHING : line} mode={mark === null ? "block" : "line"} />
        </li>
      ))}
    </ul>
  );
  if (lines.length <= MOST) return shown(0);
  return (
    <>
      {shown(0, MOST)}
      <details>
        <summary className="t2 sm">and {lines.length - MOST} more</summary>
        {shown(MOST)}
      </details>
    </>
  );
}

const isList = (field: string): boolean =>
  Object.hasOwn(CHARTER_FIELDS, field) && LISTS.includes(CHARTER_FIELDS[field as CharterField]);

/** What changes from one charter to another, a field a row, and which way each goes. */
export function Differences({ changes }: { changes: readonly Difference[] }) {
  return (
    <div className="changes">
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
              <Lines lines={before} others={after} mark={isList(field) ? "removed" : null} />
            </td>
            <td>
              <Lines lines={after} others={before} mark={isList(field) ? "added" : null} />
            </td>
            <td>
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
    </div>
  );
}
