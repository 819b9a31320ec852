import Link from "next/link";
import type { EpochCause, EpochView } from "#lib/log/epochs/schema.ts";
import { formatCount, formatExact, plural } from "../format.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { StartExport, type StartExportProps } from "./start-export.tsx";

export interface EpochsProps {
  /** Newest first. */
  readonly epochs: readonly EpochView[];
  readonly start: StartExportProps;
}

/** Which logs there are: a restore ends one, and what it had signed stays to be exported. */
export function Epochs({ epochs, start }: EpochsProps) {
  const [newest, ...past] = epochs;
  return (
    <Panel title="Epochs" fact={plural(epochs.length, "log")} className="mt-4" id="epochs">
      {newest && past.length > 0 ? (
        <Table
          label="Epochs"
          tall
          columns={[
            { key: "epoch", title: "Epoch" },
            { key: "began", title: "Began" },
            { key: "why", title: "Why", wide: true },
            { key: "size", title: "Entries signed", number: true },
            { key: "export", title: "Export", quiet: true },
          ]}
        >
          {epochs.map((each) => (
            <EpochRow
              key={each.epoch}
              epoch={each}
              isNewest={each === newest}
              next={epochs.find(({ epoch }) => epoch === each.epoch + 1) ?? null}
              start={start}
            />
          ))}
        </Table>
      ) : (
        <p className="pb t2">
          {newest ? (
            <>
              One log since <span className="nowrap">{formatExact(newest.startedAt.toISOString())}</span>: no
              restore has ended one, so an export of the newest checkpoint holds all there is.
            </>
          ) : (
            "No log has begun: the notary begins it when it starts."
          )}
        </p>
      )}
    </Panel>
  );
}

interface EpochRowProps {
  readonly epoch: EpochView;
  readonly isNewest: boolean;
  /** The log that began after it. */
  readonly next: EpochView | null;
  readonly start: StartExportProps;
}

function EpochRow({
  epoch: { epoch, origin, startedAt, size, cause },
  isNewest,
  next,
  start,
}: EpochRowProps) {
  return (
    <tr>
      <td>
        <span className="num med">{epoch}</span>{" "}
        <span className="t3 sm">{isNewest ? "the present one" : "ended"}</span>
        <div className="only-wide">
          <CopyId id={origin} shown={origin} what="the log's name" />
        </div>
      </td>
      <td className="nowrap t2">
        <RelativeTime at={startedAt.toISOString()} />
      </td>
      <td className="only-wide">
        {cause ? <Cause cause={cause} /> : epoch === 1 ? "The first" : "Not known"}
      </td>
      <td className="n num">
        {size === null ? "none" : formatCount(size)}
        {next?.cause && next.cause.kept < next.cause.oldSize ? (
          <div className="t3 sm">{formatCount(next.cause.oldSize - next.cause.kept)} lost</div>
        ) : null}
      </td>
      <td className="n">
        {size === null ? null : <StartExport {...start} epoch={{ number: epoch, size, isNewest }} />}
      </td>
    </tr>
  );
}

/** In words what the first entry says. */
function Cause({ cause: { entryId, oldSize, kept } }: { cause: EpochCause }) {
  const lost = oldSize - kept;
  return (
    <>
      A restore: {formatCount(kept)} of the {formatCount(oldSize)} signed entries were there
      {lost > 0 ? `, ${formatCount(lost)} were lost` : ""}.{" "}
      {entryId ? (
        <Link className="link" href={`/log/${entryId}`}>
          What was written down
        </Link>
      ) : null}
    </>
  );
}
