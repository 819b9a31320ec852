import Link from "next/link";
import type { TripRow } from "#lib/tripwires/schema.ts";
import { formatExact, plural } from "../format.ts";
import { Table } from "../ui/table.tsx";

const MOST_ROWS = 12;

export function TripList({ trips }: { trips: readonly TripRow[] }) {
  return (
    <Table
      label="Trips"
      tall
      columns={[
        { key: "at", title: "When" },
        { key: "wire", title: "Tripwire" },
        { key: "value", title: "Value", number: true },
        { key: "did", title: "What was done" },
        { key: "rows", title: "Rows that caused it" },
      ]}
    >
      {trips.map((trip) => (
        <tr key={trip.id} data-trip={trip.id}>
          <td className="nowrap num">{formatExact(trip.trippedAt.toISOString())}</td>
          <td className="tw mono sm">{trip.wire}</td>
          <td className="n nowrap">
            {Math.round(trip.value * 10) / 10}
            <div className="xs t3">{plural(trip.sample, "row")}</div>
          </td>
          <td className="tw sm">
            <Done {...trip} />
          </td>
          <td className="tw sm">
            <Rows rows={trip.rows} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Done({ steps, done, liftedAt }: TripRow) {
  const stepWords = steps.map((step) => {
    const carried = done.find((one) => one.step === step);
    const word = step.replaceAll("_", " ");
    if (!carried) return word;
    if (carried.doneAt === null)
      return liftedAt ? `${word}: no more, the pilot was resumed` : `${word}: waits`;
    return carried.reached ? `${word}: ${carried.reached}` : word;
  });
  return (
    <>
      {stepWords.join(", ")}
      {liftedAt ? <div className="xs t3">resumed by people {formatExact(liftedAt.toISOString())}</div> : null}
    </>
  );
}

/** Runs can be opened; of other rows the id says what they are. */
function Rows({ rows }: { rows: readonly string[] }) {
  return (
    <>
      {rows.slice(0, MOST_ROWS).map((id, index) => (
        <span key={id} className="mono xs">
          {index > 0 ? ", " : ""}
          {id.startsWith("run_") ? (
            <Link className="link" href={`/runs/${id}`}>
              {id.slice(-8)}
            </Link>
          ) : (
            id.slice(0, 12)
          )}
        </span>
      ))}
      {rows.length > MOST_ROWS ? <span className="xs t3"> and {rows.length - MOST_ROWS} more</span> : null}
    </>
  );
}
