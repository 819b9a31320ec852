import type { FetchView } from "#lib/deliveries/fetches/schema.ts";
import { KIND_WORDS } from "#lib/deliveries/rows/schema.ts";
import { formatCount, formatDay } from "../format.ts";
import { Remark } from "../ui/badge.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { FETCH_FACES } from "./words.ts";

const MINUTE = 60_000;
const dayOf = (at: Date): string => formatDay(at.toISOString(), true);

/** How far what GitHub was asked for has come. */
export function FetchTable({ fetches }: { readonly fetches: readonly FetchView[] }) {
  return (
    <Table
      label="What GitHub was asked for"
      tall
      columns={[
        { key: "state", title: "State" },
        { key: "what", title: "What" },
        { key: "taken", title: "Taken", number: true },
        { key: "passed", title: "Passed over", number: true, wide: true },
      ]}
    >
      {fetches.map((each) => {
        const { tone, icon, word } = FETCH_FACES[each.state];
        return (
          <tr key={each.id}>
            <td className="nowrap">
              <Remark tone={tone} icon={icon}>
                {word}
              </Remark>
            </td>
            <td className="fill">
              <div className="cell2">
                <div className="med tw">
                  {KIND_WORDS[each.kind]} of <Visible text={each.repositoryName} />
                </div>
                <div className="t3 sm tw">
                  {dayOf(each.since)} to {dayOf(new Date(each.until.getTime() - MINUTE))} ·{" "}
                  <Visible text={each.askedByName} />
                </div>
                {each.problem ? (
                  <div className={each.state === "failed" ? "bad sm tw" : "need sm tw"}>
                    <Visible text={each.problem} />
                  </div>
                ) : null}
              </div>
            </td>
            <td className="n num">{formatCount(each.rowsTaken)}</td>
            <td className="n num only-wide">{formatCount(each.rowsPassedOver)}</td>
          </tr>
        );
      })}
    </Table>
  );
}
