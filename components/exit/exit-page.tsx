import { Download } from "lucide-react";
import type { ClosingView } from "#lib/closings/schema.ts";
import type { ChecklistItem, ExitView } from "#lib/exit-reviews/schema.ts";
import type { FormAction } from "../form/state.ts";
import { formatExact } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { AskExitForm } from "./ask-exit.tsx";
import { Checklist } from "./checklist.tsx";
import { ClosingPanel } from "./closing-panel.tsx";
import { CriteriaTable, TargetTable } from "./criteria.tsx";
import { type ReportActions, ReportForm } from "./report-form.tsx";
import { DECISION_WORDS, REPORT_WORDS } from "./words.ts";

export interface ExitPageProps {
  readonly pilotId: string;
  readonly pilotName: string;
  readonly timeZone: string;
  readonly exit: ExitView;
  readonly closing: ClosingView | null;
  readonly limits: readonly ChecklistItem[];
  readonly findings: number;
  /** Null where nobody is to be asked, or not by whoever looks. */
  readonly ask: FormAction | null;
  readonly report: ReportActions | null;
  readonly draftNext: FormAction | null;
  readonly mayTakeKit: boolean;
  readonly mayTakeLog: boolean;
}

export function ExitPage(props: ExitPageProps) {
  const { pilotId, pilotName, exit, closing } = props;
  const [newest] = exit.decisions;
  return (
    <div className="page">
      <PageHead
        title="Exit"
        text={
          <>
            What becomes of <Visible text={pilotName} />: its criteria on two days, an independent review, the
            owners' decision, and what closing it did.
          </>
        }
      />
      <Reviews {...props} />
      <Reports {...props} />
      <Panel title="Decision" className="mt-4">
        <div className="grid gap-3.5 p-4">
          {exit.decisions.map(({ gateId, decision, reason, decidedAt }) => (
            <Note key={gateId} tone={decision === "extend" ? "plain" : "good"}>
              {DECISION_WORDS[decision]}, {formatExact(decidedAt.toISOString())}: <Visible text={reason} />
            </Note>
          ))}
          {exit.openGate ? (
            <ButtonLink href={`/inbox?gate=${exit.openGate}`}>Who decides is asked: open the gate</ButtonLink>
          ) : props.ask ? (
            <AskExitForm pilotId={pilotId} ask={props.ask} />
          ) : newest ? null : (
            <p className="t2 sm">
              {exit.review
                ? "An engineering or security lead asks both owners, or two leads where there are none: scale up, extend, or end."
                : "It is decided once the exit review is written. Until then whoever answers for the pilot may complete it on its page."}
            </p>
          )}
        </div>
      </Panel>
      {newest?.decision === "scale_up" ? <Checklist {...props} /> : null}
      {closing ? <ClosingPanel pilotId={pilotId} closing={closing} mayTakeLog={props.mayTakeLog} /> : null}
    </div>
  );
}

function Reviews({ exit, timeZone }: ExitPageProps) {
  const { days, review, confirmation, now } = exit;
  if (days === null || now === null)
    return <Note>The pilot was never active: its exit review is written 28 days after activation.</Note>;
  const shown = confirmation?.document ?? review?.document ?? now;
  const fact = review
    ? `day 28 was ${days.review}${confirmation ? `, confirmed of ${days.confirmation}` : `; confirmed on ${days.confirmation}`}`
    : `as it stands now; written down on ${days.review}, confirmed on ${days.confirmation}`;
  return (
    <>
      <Panel title={review ? "Exit review" : "What will be asked"} fact={`${fact}, ${timeZone}`}>
        <CriteriaTable review={review?.document ?? null} shown={shown} />
        {shown.targets.length > 0 ? <TargetTable review={review?.document ?? null} shown={shown} /> : null}
      </Panel>
      <p className="xs t3 mt-1">
        {[review, confirmation].map((one) =>
          one ? (
            <span key={one.id}>
              {one.document.stage === "review" ? "Review" : "Confirmation"}{" "}
              <CopyId id={one.digest} what="digest" /> written {formatExact(one.writtenAt.toISOString())}.{" "}
            </span>
          ) : null,
        )}
      </p>
    </>
  );
}

function Reports({ pilotId, exit, report, mayTakeKit }: ExitPageProps) {
  return (
    <Panel
      title="Independent review"
      fact="by somebody who launched no run and decided at no gate of the pilot"
      className="mt-4"
      actions={
        mayTakeKit ? (
          <ButtonLink icon={Download} href={`/api/pilots/${pilotId}/exit/kit`} prefetch={false}>
            Reviewer kit
          </ButtonLink>
        ) : null
      }
    >
      {exit.reports.length > 0 ? (
        <Table
          label="Reports"
          tall
          columns={[
            { key: "who", title: "Stated by" },
            { key: "found", title: "Found" },
            { key: "report", title: "Report" },
            { key: "sha256", title: "SHA-256" },
          ]}
        >
          {exit.reports.map((one) => (
            <tr key={one.id}>
              <td>
                <Visible text={one.personName} />
                <div className="xs t3 nowrap">{formatExact(one.statedAt.toISOString())}</div>
              </td>
              <td className="tw sm">
                {REPORT_WORDS[one.verdict]}: <Visible text={one.statement} />
              </td>
              <td className="tw sm">
                {one.keptAt === null ? (
                  <a className="link" href={`/api/pilots/${pilotId}/exit/reports/${one.id}`} download>
                    <Visible text={one.name} />
                  </a>
                ) : (
                  <>
                    <Visible text={one.name} />, kept at <Visible text={one.keptAt} />
                  </>
                )}
              </td>
              <td>
                <CopyId id={one.sha256} what="digest" />
              </td>
            </tr>
          ))}
        </Table>
      ) : null}
      <div className="p-4">
        {report ? (
          <ReportForm pilotId={pilotId} {...report} />
        ) : exit.reports.length === 0 ? (
          <p className="t2 sm">{exit.cannotReport ?? "Nobody has stated one yet."}</p>
        ) : null}
      </div>
    </Panel>
  );
}
