import { saidOf } from "#lib/deliveries/links/schema.ts";
import type { IncidentView } from "#lib/deliveries/views/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { LinkIncidentDialog } from "./link-incident.tsx";
import { BECAUSE_WORDS } from "./words.ts";

export interface IncidentTableProps {
  readonly incidents: readonly IncidentView[];
  /** Reads `incidentId` and `deploymentId`; null for whoever may not. */
  readonly link: FormAction | null;
}

export function IncidentTable({ incidents, link }: IncidentTableProps) {
  return (
    <Table
      label="Incidents"
      tall
      columns={[
        { key: "severity", title: "Severity" },
        { key: "incident", title: "Incident" },
        { key: "cause", title: "Came of" },
        { key: "detected", title: "Detected", wide: true },
        { key: "restored", title: "Restored", wide: true },
      ]}
    >
      {incidents.map((incident) => (
        <tr key={incident.id}>
          <td className="nowrap">{incident.severity}</td>
          <td>
            <div className="cell2 min-w-36 max-w-72">
              <div className="med tw">
                <Visible text={incident.service} />
              </div>
              <div className="t3 sm tw">
                <Visible text={incident.repositoryName ?? "no repository"} /> ·{" "}
                <Visible text={incident.source} /> <Visible text={incident.externalId} />
              </div>
            </div>
          </td>
          <td className="fill">
            <Cause incident={incident} link={link} />
          </td>
          <td className="nowrap t2 only-wide">
            <RelativeTime at={incident.detectedAt.toISOString()} />
          </td>
          <td className="nowrap t2 only-wide">
            {incident.restoredAt ? <RelativeTime at={incident.restoredAt.toISOString()} /> : "not yet"}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Cause({ incident, link }: { incident: IncidentView; link: FormAction | null }) {
  const { cause, proposal, isNone, namesUnknown } = incident;
  const shown = cause ?? proposal;
  return (
    <div className="cell2 sm">
      {shown ? (
        <>
          <div className="tw">
            {cause ? "" : <span className="need">Proposed: </span>}
            <Visible text={shown.label} />
          </div>
          <div className="t3">{BECAUSE_WORDS[shown.because]}.</div>
        </>
      ) : (
        <div className="t3">
          {isNone ? "No deployment, a person said." : "Nothing is linked."}
          {namesUnknown === null ? null : (
            <>
              {" "}
              It names <Visible text={namesUnknown} />, which is not known here, or not as one deployment
              alone.
            </>
          )}
        </div>
      )}
      {link ? (
        <div className="row flex-wrap acts pt-1">
          {proposal ? (
            <ActionButton
              action={link}
              fields={{
                incidentId: incident.id,
                deploymentId: proposal.deploymentId,
                seen: saidOf(false, null),
              }}
              size="sm"
              doing="Confirming"
            >
              Confirm
            </ActionButton>
          ) : null}
          <LinkIncidentDialog incident={incident} action={link} />
        </div>
      ) : null}
    </div>
  );
}
