import Link from "next/link";
import { KIND_WORDS } from "#lib/deliveries/rows/schema.ts";
import type { ImportView } from "#lib/deliveries/views/schema.ts";
import { formatCount, plural } from "../format.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { WAY_WORDS } from "./words.ts";

export function ImportTable({ imports }: { readonly imports: readonly ImportView[] }) {
  return (
    <Table
      label="Imports"
      tall
      columns={[
        { key: "what", title: "What" },
        { key: "new", title: "New", number: true },
        { key: "changed", title: "Changed", number: true },
        { key: "known", title: "Known already", number: true, wide: true },
        { key: "digest", title: "Digest", wide: true },
        { key: "at", title: "Taken in", wide: true },
      ]}
    >
      {imports.map((each) => (
        <tr key={each.id}>
          <td className="fill">
            <div className="cell2">
              <Link href={`/log?subject=import:${each.id}`} className="med">
                {KIND_WORDS[each.kind]}
              </Link>
              <div className="t3 sm tw">
                {WAY_WORDS[each.way]} · <Visible text={each.source} />
                {each.recordedByName === null ? null : (
                  <>
                    {" "}
                    · <Visible text={each.recordedByName} />
                  </>
                )}
              </div>
              {each.rowsRefused > 0 ? (
                <div className="need sm">
                  {plural(each.rowsRefused, "row")} left out: of instants that have not come yet, or before
                  2000
                </div>
              ) : null}
            </div>
          </td>
          <td className="n num">{formatCount(each.rowsNew)}</td>
          <td className="n num">{formatCount(each.rowsChanged)}</td>
          <td className="n num only-wide">{formatCount(each.rowsUnchanged)}</td>
          <td className="nowrap only-wide">
            <CopyId id={each.digest} what="digest of the rows" />
          </td>
          <td className="nowrap t2 only-wide">
            <RelativeTime at={each.recordedAt.toISOString()} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
