import { ChevronLeft, Clock } from "lucide-react";
import Link from "next/link";
import type { Difference } from "#lib/charters/schema.ts";
import type { GateView } from "#lib/gates/schema.ts";
import type { ReplayView } from "#lib/replay/schema.ts";
import { AskFacts, type AskFactsProps } from "../asks/ask-facts.tsx";
import { AskedBlock, type AskedBlockProps } from "../asks/asked-block.tsx";
import type { FormAction } from "../form/state.ts";
import { Differences } from "../pilots/differences.tsx";
import { Replayed } from "../pilots/replayed.tsx";
import { DecisionBar } from "../review/decision-bar.tsx";
import { rolesInWords } from "../review/roles.ts";
import type { Tone } from "../status.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Badge, Remark } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { Panel } from "../ui/panel.tsx";
import { ClockTime, RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
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
            <span className="tag">{gate.kind}</span>
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
          <WhoDecided gate={gate} />
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
      fact={`${gate.needed === 1 ? "one person" : `${gate.needed} different people`}, ${rolesInWords(gate.roles)}`}
    >
      <ul className="who">
        {gate.approvals.map(({ personId, personName, decision, reason, at }) => (
          <li key={personId}>
            <Avatar name={personName} />
            <span className="tw">
              {personName}
              {reason ? (
                <span className="t3 sm block">
                  “<Visible text={reason} />”
                </span>
              ) : null}
            </span>
            <Remark
              tone={decision === "approve" ? "good" : "bad"}
              icon={FACT_ICONS[decision === "approve" ? "good" : "bad"]}
            >
              {decision === "approve" ? "Approved" : "Denied"} <ClockTime at={at.toISOString()} />
            </Remark>
          </li>
        ))}
        <li>
          <span className="slot" />
          <span>You</span>
          <span className="sm t2">
            {gate.cannotApprove ? `May not: ${gate.cannotApprove}` : "May approve"}
          </span>
        </li>
      </ul>
    </Panel>
  );
}
