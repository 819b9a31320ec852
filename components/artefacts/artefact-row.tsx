import { CircleX, Clock, Download, type LucideIcon, PackageCheck, ScanSearch, Trash2 } from "lucide-react";
import Link from "next/link";
import { isRefusing } from "#lib/artefacts/rules.ts";
import type { ArtefactFinding, ArtefactState, ArtefactView } from "#lib/artefacts/schema.ts";
import { OpensDialog } from "../form/dialog-form.tsx";
import { formatBytes } from "../format.ts";
import { Remark } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { Note } from "../ui/note.tsx";
import { Visible } from "../ui/visible.tsx";
import { RULE_WORDS, STATE_WORDS, sentence } from "./words.ts";

const ICONS: Readonly<Record<ArtefactState, LucideIcon>> = {
  quarantined: Clock,
  scanned: ScanSearch,
  refused: CircleX,
  promoted: PackageCheck,
  deleted: Trash2,
};

export interface ArtefactRowProps {
  readonly runId: string;
  readonly artefact: ArtefactView;
  /** Whether it can be ticked; null where nobody is asked. */
  readonly tick: boolean | null;
  readonly mayTake: boolean;
  readonly mayInspect: boolean;
}

export function ArtefactRow({ runId, artefact, tick, mayTake, mayInspect }: ArtefactRowProps) {
  const { id, path, bytes, sha256, media, state, findings, isLeft, attempt, gateId, gateStatus } = artefact;
  const { word, tone } = STATE_WORDS[state];
  return (
    <tr data-artefact={id} data-state={state}>
      {tick === null ? null : (
        <td>
          {tick ? (
            <input
              type="checkbox"
              className="check"
              name="artefacts"
              value={id}
              aria-label={`Promote ${path}`}
            />
          ) : null}
        </td>
      )}
      <td>
        <span className="mono tw">
          <Visible text={path} />
        </span>
        <span className="t3 sm block">
          attempt {attempt}
          {isLeft ? "" : `, ${formatBytes(bytes)}`}
          {media === "" ? "" : `, ${media}`}
          {sha256 === "" ? null : (
            <>
              {", "}
              <CopyId id={sha256} what="SHA-256 of the file" />
            </>
          )}
        </span>
      </td>
      <td className="nowrap">
        <Remark tone={tone} icon={ICONS[state]}>
          {isLeft ? "Left in the sandbox" : word}
        </Remark>
        {gateId !== null && gateStatus === "open" ? (
          <Link className="link sm block" href={`/inbox?show=team&gate=${gateId}`}>
            waits for a decision
          </Link>
        ) : null}
      </td>
      <td>
        <Seen artefact={artefact} findings={findings} />
      </td>
      <td className="n">
        {isLeft || state === "deleted" || !mayTake ? null : (
          <Take href={`/api/runs/${runId}/artefacts/${id}`} artefact={artefact} mayInspect={mayInspect} />
        )}
      </td>
    </tr>
  );
}

function Seen({ artefact, findings }: { artefact: ArtefactView; findings: readonly ArtefactFinding[] }) {
  const { state, problem } = artefact;
  if (problem !== null && state === "quarantined")
    return (
      <span className="need sm tw">
        Not looked into: <Visible text={problem} />
      </span>
    );
  if (findings.length === 0)
    return <span className="t3 sm">{state === "quarantined" ? "Not looked into yet" : "Nothing"}</span>;
  return (
    <ul className="sm">
      {findings.map((finding) => (
        <li key={`${finding.rule} ${finding.detail}`} className={isRefusing(finding) ? "bad tw" : "t2 tw"}>
          {sentence(RULE_WORDS[finding.rule])}
          {finding.detail === "" ? null : (
            <span className="t3">
              {" "}
              (<Visible text={finding.detail} />)
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A form of its own: the row stands in one already. The answer is saved, and the page stays. */
function post(href: string): void {
  const form = Object.assign(document.createElement("form"), { method: "post", action: href });
  document.body.append(form);
  form.submit();
  form.remove();
}

/** What is still in quarantine is taken by those alone who see payloads unmasked, and after they read what that is. */
function Take({
  href,
  artefact: { path, state },
  mayInspect,
}: {
  href: string;
  artefact: ArtefactView;
  mayInspect: boolean;
}) {
  if (state === "promoted")
    return (
      <a className="btn sm" href={href} download>
        <Icon of={Download} size={12} />
        Download<span className="vh"> {path}</span>
      </a>
    );
  if (!mayInspect) return null;
  return (
    <OpensDialog
      title="Download a file in quarantine?"
      text="Nobody promoted it. A run of an agent made it, and it may be anything."
      button={{
        size: "sm",
        tone: "quiet",
        icon: Download,
        children: (
          <>
            From quarantine…<span className="vh"> {path}</span>
          </>
        ),
      }}
    >
      {(onClose) => (
        <>
          <Note tone="need">
            It is saved with the ending .quarantined. Open it where it can do no harm. That you took it, and
            when, goes into the log before a byte is sent.
          </Note>
          <div className="row justify-end acts">
            <Button size="lg" onClick={onClose}>
              Not now
            </Button>
            <Button
              size="lg"
              tone="ink"
              icon={Download}
              onClick={() => {
                post(href);
                onClose();
              }}
            >
              Record and download
            </Button>
          </div>
        </>
      )}
    </OpensDialog>
  );
}
