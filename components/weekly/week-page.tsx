import { Download, FileText, Printer } from "lucide-react";
import Link from "next/link";
import { Fragment } from "react";
import type { Cell, Section } from "#lib/weekly-reviews/paper/cell-rules.ts";
import type { WeekView } from "#lib/weekly-reviews/schema.ts";
import { PrintButton } from "../board/print-button.tsx";
import type { FormAction } from "../form/state.ts";
import { PageHead } from "../list/page-head.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { ProposeWeek } from "./propose-week.tsx";
import { SecondLooks } from "./second-looks.tsx";
import { WeekStateBadge } from "./week-state.tsx";
import "../board/board.css";
import "./weekly.css";

export interface WeekPageProps {
  readonly week: WeekView;
  readonly me: string;
  readonly headline: string;
  readonly sections: readonly Section[];
  /** Null for a person who is no owner. */
  readonly propose: FormAction | null;
  /** Null for a person who decides at no gate. */
  readonly say: FormAction | null;
  readonly canAmend: boolean;
}

export function WeekPage({ week, me, headline, sections, propose, say, canAmend }: WeekPageProps) {
  const { document, digest, pilotName, state, isLatest, openGate } = week;
  const { pilot, number, firstDay, lastDay, timeZone } = document;
  const file = `/api/pilots/${pilot}/weekly/${number}?format=`;
  const isOpen = state === "waits" && isLatest;
  return (
    <div className="page weekly">
      <PageHead
        title={
          <>
            <Visible text={pilotName} />: week {number}
          </>
        }
        text={
          <span className="num">
            {firstDay} to {lastDay} ({timeZone}) · pack <CopyId id={digest} what="pack digest" />
          </span>
        }
        actions={
          <>
            <ButtonLink className="no-print" icon={FileText} href={`${file}md`} prefetch={false} download>
              Markdown
            </ButtonLink>
            <ButtonLink className="no-print" icon={Download} href={`${file}pdf`} prefetch={false} download>
              PDF
            </ButtonLink>
            <PrintButton icon={<Icon of={Printer} />} />
          </>
        }
      />
      <Panel
        title="Decision"
        actions={
          isOpen && propose ? (
            <ProposeWeek
              pilotId={pilot}
              number={number}
              digest={digest}
              propose={propose}
              isAgain={openGate !== null}
            />
          ) : null
        }
      >
        <div className="week-verdict">
          <WeekStateBadge state={state} />
          <p className="med">{headline}</p>
          <Decided week={week} canAmend={canAmend} />
        </div>
      </Panel>
      {sections.map((section) => (
        <Fragment key={section.id}>
          <SectionPanel section={section} />
          {section.id === "sample" && say ? (
            <SecondLooks pilotId={pilot} number={number} week={week} me={me} say={say} />
          ) : null}
        </Fragment>
      ))}
    </div>
  );
}

function Decided({ week, canAmend }: Pick<WeekPageProps, "week" | "canAmend">) {
  const { state, reason, openGate, signatures, names, document, isLatest } = week;
  const signers = signatures.map(({ personId }) => names[personId] ?? personId).join(" and ");
  if (openGate)
    return (
      <Note tone="need">
        <Visible text={`${signers || "Nobody"} signed “${openGate.decision}”: ${openGate.reason}`} />{" "}
        <Link href={`/inbox?show=team&gate=${openGate.id}`}>Sign or deny it in the inbox</Link>
      </Note>
    );
  if (state === "waits" && isLatest)
    return (
      <p className="t2 sm">
        Nobody has proposed what follows.{" "}
        {document.owners.length === 0
          ? "A lead proposes, and a second one signs it in the inbox; one of them leads security."
          : "An owner proposes, and the other one signs it in the inbox."}
      </p>
    );
  if (state === "overdue")
    return (
      <Note tone="bad">
        Nobody decided on it before the next week was packed.{" "}
        <Link href={`/pilots/${document.pilot}/weekly`}>The newest pack</Link> waits instead.
      </Note>
    );
  return (
    <>
      <p className="t2">
        <Visible text={`${reason ?? ""} Signed by ${signers}.`} mode="block" />
      </p>
      {state === "tighten" && canAmend ? (
        <ButtonLink className="no-print" tone="ink" href={`/pilots/${document.pilot}/charter`}>
          Write the amendment
        </ButtonLink>
      ) : null}
    </>
  );
}

function SectionPanel({ section: { id, title, fact, columns, rows, empty } }: { section: Section }) {
  return (
    <Panel title={title} fact={fact} id={id} className="mt-4">
      {rows.length === 0 ? (
        <p className="t3 sm week-none">{empty}</p>
      ) : (
        <Table label={title} columns={columns.map((column) => ({ key: column, title: column }))}>
          {rows.map((cells, nth) => (
            // Rows of a pack never change their order: it is immutable.
            <tr key={`${id}-${nth + 1}`}>
              {cells.map((cell, at) => (
                <td key={columns[at]} className="tw sm num">
                  <CellText cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}

function CellText({ cell: { text, href, tone } }: { cell: Cell }) {
  const shown = <Visible text={text} />;
  if (href !== undefined) return <Link href={href}>{shown}</Link>;
  return tone ? <span className={`st ${tone}`}>{shown}</span> : shown;
}
