import type { Preview } from "#lib/deliveries/imports/schema.ts";
import { formatCount, plural } from "../format.ts";
import { Note } from "../ui/note.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

/** What a file would change, or every line that keeps it from being taken. */
export function PreviewTable({ preview }: { readonly preview: Preview }) {
  return preview.faultCount > 0 ? <Faults preview={preview} /> : <First preview={preview} />;
}

/** One line may have the same fault twice. */
const numbered = (faults: Preview["faults"]) => faults.map((fault, place) => ({ ...fault, place }));

function Faults({ preview: { faults, faultCount } }: { readonly preview: Preview }) {
  return (
    <>
      <Note tone="bad" role="alert">
        {faultCount === 1 ? "One thing is" : `${formatCount(faultCount)} things are`} wrong, so nothing of it
        is imported. Put it right in the file, then choose it again.
        {faults.length < faultCount ? ` The first ${formatCount(faults.length)} are below.` : ""}
      </Note>
      <Table
        label="What is wrong"
        tall
        columns={[
          { key: "line", title: "Line", number: true },
          { key: "field", title: "Column" },
          { key: "wrong", title: "What is wrong, and what would be right" },
        ]}
      >
        {numbered(faults).map(({ place, line, field, wrong, right }) => (
          <tr key={place}>
            <td className="n num">{formatCount(line)}</td>
            <td className="mono nowrap">
              <Visible text={field} />
            </td>
            <td className="fill">
              <div className="cell2">
                <div className="tw">
                  <Visible text={wrong} />
                </div>
                <div className="t3 sm tw">
                  <Visible text={right} />
                </div>
              </div>
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

function First({ preview }: { readonly preview: Preview }) {
  const { rows, rowsNew, rowsChanged, rowsUnchanged, first } = preview;
  const columns = Object.keys(first[0] ?? {}).filter((name) => first.some((row) => row[name] !== ""));
  return (
    <>
      <Note>
        {plural(rows, "row")}: {formatCount(rowsNew)} new, {formatCount(rowsChanged)} changed,{" "}
        {formatCount(rowsUnchanged)} known already. Below are the first {formatCount(first.length)} as they
        would be kept.
      </Note>
      <Table label="The first rows" columns={columns.map((name) => ({ key: name, title: name }))}>
        {first.map((row) => (
          <tr key={row.externalId}>
            {columns.map((name) => (
              <td key={name} className="nowrap mono sm">
                <Visible text={row[name] ?? ""} />
              </td>
            ))}
          </tr>
        ))}
      </Table>
    </>
  );
}
