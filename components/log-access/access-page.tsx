import { Clock, Download, KeyRound, ShieldCheck, ShieldX } from "lucide-react";
import type { EpochView } from "#lib/log/epochs/schema.ts";
import type { ExportView } from "#lib/log/export-schema.ts";
import type { AccessState, AccessView } from "#lib/log-access/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Remark } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Empty } from "../ui/empty.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { Epochs } from "./epochs.tsx";
import { GiveAccess, type GiveAccessProps } from "./give-access.tsx";
import { StartExport, type StartExportProps } from "./start-export.tsx";

export interface AccessPageProps {
  readonly exports: readonly ExportView[];
  /** Newest first. */
  readonly epochs: readonly EpochView[];
  readonly start: StartExportProps;
  /** Null for a person who may not give access. */
  readonly given: {
    readonly accesses: readonly AccessView[];
    readonly give: GiveAccessProps;
    /** Reads `accessId`. */
    readonly withdraw: FormAction;
  } | null;
}

export function AccessPage({ exports, epochs, start, given }: AccessPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Exports and access"
        text="What leaves the log, pinned to a signed checkpoint, and who outside may follow it. Each is an entry."
        actions={
          <>
            {given ? <GiveAccess {...given.give} /> : null}
            <StartExport {...start} />
          </>
        }
      />
      <Exports exports={exports} epochs={epochs.length} />
      <Epochs epochs={epochs} start={start} />
      {given ? <Accesses accesses={given.accesses} withdraw={given.withdraw} /> : null}
    </div>
  );
}

function Exports({ exports, epochs }: { exports: readonly ExportView[]; epochs: number }) {
  return (
    <Panel title="Your exports" fact={plural(exports.length, "export")}>
      {exports.length === 0 ? (
        <Empty
          icon={Download}
          title="No export yet"
          text="An export holds entries and their proofs, one JSON line each, and can be resumed from any line. Dossiers you made stand here too."
        />
      ) : (
        <Table
          label="Exports"
          tall
          columns={[
            { key: "id", title: "Export" },
            { key: "size", title: "Entries", number: true },
            { key: "what", title: "Of", wide: true },
            { key: "made", title: "Started" },
            { key: "file", title: "File", quiet: true },
          ]}
        >
          {exports.map((each) => (
            <ExportRow key={each.id} {...each} epochs={epochs} />
          ))}
        </Table>
      )}
    </Panel>
  );
}

const fileOf = ({ id, runId }: ExportView): string =>
  runId === null ? `/api/log/exports/${id}` : `/api/runs/${runId}/dossier?format=jsonl&dossier=${id}`;

function ExportRow({ epochs, ...each }: ExportView & { epochs: number }) {
  const { id, size, pilotId, runId, withBlobs, createdAt, epoch } = each;
  return (
    <tr>
      <td>
        <CopyId id={id} what="export id" />
        <div className="t3 sm">{withBlobs ? "with payloads" : "without payloads"}</div>
      </td>
      <td className="n num">
        {size.toLocaleString("en")}
        {epochs > 1 ? <div className="t3 sm">epoch {epoch}</div> : null}
      </td>
      <td className="only-wide">
        {runId ? (
          <>
            dossier of <CopyId id={runId} what="run id" />
          </>
        ) : pilotId ? (
          <CopyId id={pilotId} what="pilot id" />
        ) : (
          "everything"
        )}
      </td>
      <td className="nowrap t2">
        <RelativeTime at={createdAt.toISOString()} />
      </td>
      <td className="n">
        <a className="btn sm" href={fileOf(each)} download>
          Download
        </a>
      </td>
    </tr>
  );
}

const FACES = {
  active: { tone: "good", icon: ShieldCheck },
  expired: { tone: "wait", icon: Clock },
  withdrawn: { tone: "wait", icon: ShieldX },
} as const satisfies Record<AccessState, object>;

function Accesses({ accesses, withdraw }: { accesses: readonly AccessView[]; withdraw: FormAction }) {
  const active = accesses.filter(({ state }) => state === "active").length;
  return (
    <Panel
      title="Access given"
      fact={`${plural(accesses.length, "access", "accesses")}, ${active} active`}
      className="mt-4"
    >
      {accesses.length === 0 ? (
        <Empty
          icon={KeyRound}
          title="No access was given"
          text="An auditor without an account follows the log with a token that ends by itself, after 90 days at the latest."
        />
      ) : (
        <Table
          label="Access given"
          tall
          columns={[
            { key: "label", title: "For" },
            { key: "state", title: "State" },
            { key: "opens", title: "Opens", wide: true },
            { key: "given", title: "Given by", wide: true },
            { key: "ends", title: "Ends" },
            { key: "actions", title: "Actions", quiet: true },
          ]}
        >
          {accesses.map((access) => (
            <AccessRow key={access.id} access={access} withdraw={withdraw} />
          ))}
        </Table>
      )}
      <Note>
        A token opens the checkpoint, the tiles, exports and dossiers under /api/log and /api/runs. One that
        is limited to a pilot gets hashes of everything and entries of that pilot alone.
      </Note>
    </Panel>
  );
}

function AccessRow({ access, withdraw }: { access: AccessView; withdraw: FormAction }) {
  const { id, label, state, pilotName, pilotId, withBlobs, givenByName, expiresAt } = access;
  const { tone, icon } = FACES[state];
  return (
    <tr>
      <td>
        <span className="med">
          <Visible text={label} mode="line" />
        </span>
        <div>
          <CopyId id={id} what="access id" />
        </div>
      </td>
      <td className="nowrap">
        <Remark tone={tone} icon={icon}>
          {state}
        </Remark>
      </td>
      <td className="only-wide">
        {pilotId ? <Visible text={pilotName ?? pilotId} mode="line" /> : "everything"}
        <div className="t3 sm">{withBlobs ? "with payloads" : "without payloads"}</div>
      </td>
      <td className="only-wide t2">
        <Visible text={givenByName} mode="line" />
      </td>
      <td className="nowrap t2">
        <RelativeTime at={expiresAt.toISOString()} />
      </td>
      <td className="n">
        {state === "active" ? (
          <ActionButton
            action={withdraw}
            fields={{ accessId: id }}
            size="sm"
            tone="danger"
            doing="Withdrawing"
          >
            Withdraw
          </ActionButton>
        ) : null}
      </td>
    </tr>
  );
}
