import { ChevronLeft, Clock } from "lucide-react";
import Link from "next/link";
import type { Difference } from "#lib/charters/schema.ts";
import type { ApproversLeft } from "#lib/gates/approver-rules.ts";
import type { AgainView, GateView } from "#lib/gates/schema.ts";
import type { ReplayView } from "#lib/replay/schema.ts";
import { AskFacts, type AskFactsProps } from "../asks/ask-facts.tsx";
import { AskedBlock, type AskedBlockProps } from "../asks/asked-block.tsx";
import type { FormAction } from "../form/state.ts";
import { formatDuration } from "../format.ts";
import { Differences } from "../pilots/differences.tsx";
import { Replayed } from "../pilots/replayed.tsx";
import { ApproveAgain } from "../review/approve-again.tsx";
import { DecisionBar } from "../review/decision-bar.tsx";
import { rolesInWords } from "../review/roles.ts";
import { WhoMayApprove } from "../review/who-may-approve.tsx";
import type { Tone } from "../status.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Badge, Remark } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { Panel } from "../ui/panel.tsx";
import { ClockTime, RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { DeciderName } from "./decider-name.tsx";
import { FACT_ICONS } from "./fact-icons.ts";

export interface DecisionFact {
  readonly title: string;
  readonly text: string;
  readonly tone: Tone;
  /** "Verified", "Check", "None" */
  readonly word: string;
}

export interface GateDetailProps {
  readonly gate: GateView;
  /** One or two sentences: what it is about, what happens when nobody decides. */
  readonly text: string;
  /** What was observed, a row each; empty where there is nothing to observe. */
  readonly facts: readonly DecisionFact[];
  /** Where all of it can be read: the review, the charter. */
  readonly more: { readonly title: string; readonly href: string } | null;
  /** What is decided on: the patch's or the charter's digest. */
  readonly digest: string;
  readonly digestName: string;
  readonly approveWord: string;
  /** What an agent asks for, word for word; of a gate of kind `command` alone. */
  readonly asked?: (AskedBlockProps & AskFactsProps) | null;
  /** What an amendment changes; of a gate of kind `amend` alone. */
  readonly changes?: readonly Difference[];
  readonly replay?: ReplayView | null;
  /** Who could decide it now; null once it is closed. */
  readonly approvers?: ApproversLeft | null;
  /** The void gate it stands for again. */
  readonly again?: AgainView | null;
  readonly back: string;
  readonly decide: FormAction;
}

export function GateDetail({
  gate,
  text,
  facts,
  more,
  digest,
  digestName,
  approveWord,
  asked = null,
  changes,
  replay = null,
  approvers = null,
  again = null,
  back,
  decide,
}: GateDetailProps) {
  return (
    <section className="inbox-detail" aria-label="What is to decide">
      <div className="ds">
        <div className="dw">
          <Link className="only-phone row t2" href={back}>
            <Icon of={ChevronLeft} />
            Inbox
          </Link>
          <div className="row flex-wrap">
            <Badge noun="gate" status={gate.status} />
            <Link
              className="tag"
              href={`/inbox?show=team&kind=${gate.kind}`}
              title="All that wait of this kind"
            >
              {gate.kind.replaceAll("_", " ")}
            </Link>
            {gate.pilotId && gate.pilotName ? (
              <Link
                className="tag"
                href={`/inbox?show=team&pilot=${gate.pilotId}`}
                title="All that wait of this pilot"
              >
                {gate.pilotName}
              </Link>
            ) : null}
            {gate.runId ? <CopyId id={gate.runId} what="run id" /> : null}
            <span className="grow" />
            {gate.status === "open" ? (
              <Remark tone="need" icon={Clock}>
                expires <RelativeTime at={gate.expiresAt.toISOString()} />
              </Remark>
            ) : null}
          </div>
          <div className="col gap-1.5">
            <h2 className="ask">
              <Visible text={gate.title} />
            </h2>
            <p className="t2 text-14">
              <Visible text={text} mode="block" />
            </p>
          </div>
          {asked ? (
            <div className="grid gap-2.5">
              <AskedBlock what={asked.what} text={asked.text} />
              <AskFacts ask={asked} />
            </div>
          ) : null}
          {changes ? (
            <Panel title="What changes" level={3}>
              <Differences changes={changes} />
              {replay ? <Replayed view={replay} /> : null}
            </Panel>
          ) : null}
          {facts.length > 0 ? (
            <Panel
              title={gate.kind === "merge" ? "What the harness saw" : "What it means"}
              level={3}
              actions={
                more ? (
                  <Link className="link sm" href={more.href}>
                    {more.title}
                  </Link>
                ) : null
              }
            >
              <table className="facts" aria-label="Facts">
                <tbody>
                  {facts.map((fact) => (
                    <tr key={fact.title}>
                      <th scope="row">{fact.title}</th>
                      <td>
                        <Visible text={fact.text} mode="block" />
                      </td>
                      <td>
                        <Remark tone={fact.tone} icon={FACT_ICONS[fact.tone]}>
                          {fact.word}
                        </Remark>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Panel>
          ) : more ? (
            <Link className="btn justify-self-start" href={more.href}>
              {more.title}
            </Link>
          ) : null}
          {again ? <ApproveAgain {...{ again, gate, decide }} /> : null}
          <WhoDecided gate={gate} />
          {approvers ? <WhoMayApprove left={approvers} /> : null}
        </div>
      </div>
      <DecisionBar {...{ gate, digest, digestName, approveWord, decide }} unread={0} />
    </section>
  );
}

function WhoDecided({ gate }: { gate: GateView }) {
  return (
    <Panel
      title="Who decides"
      level={3}
      fact={`${gate.needed === 1 ? "one person" : `${gate.needed} different people`}, ${gate.namesPeople ? "named by the charter" : rolesInWords(gate.roles, gate.roleNames)}${(gate.denials ?? 1) > 1 ? `; ${gate.denials} denials close it` : ""}`}
    >
      <ul className="who">
        {gate.approvals.map(({ id, personName, forName, decision, reason, source, at, withdrawnAt }) => (
          <li key={id}>
            <Avatar name={personName} />
            <span className="tw">
              <DeciderName personName={personName} forName={forName ?? null} />
              {reason ? (
                <span className="t3 sm block">
                  “<Visible text={reason} />”
                </span>
              ) : null}
              <span className="t3 xs block">
                {formatDuration(at.getTime() - gate.createdAt.getTime())} after it was asked,{" "}
                {source === "notice" ? "from a notice" : source === "token" ? "by a token" : "on the web"}
              </span>
            </span>
            <Remark
              tone={withdrawnAt || decision !== "approve" ? "bad" : "good"}
              icon={FACT_ICONS[withdrawnAt || decision !== "approve" ? "bad" : "good"]}
            >
              {decision === "approve" ? "Approved" : "Denied"} <ClockTime at={at.toISOString()} />
              {withdrawnAt ? ", withdrawn since" : null}
            </Remark>
          </li>
        ))}
        <li>
          <span className="slot" />
          <span>You</span>
          <span className="sm t2">
            {gate.cannotApprove ? `May not: ${gate.cannotApprove}` : (gate.waitsFor ?? "May approve")}
          </span>
        </li>
      </ul>
    </Panel>
  );
}
