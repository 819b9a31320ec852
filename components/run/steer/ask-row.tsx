// What the agent wanted to do and needed a word for, where it asked.
import {
  CircleCheck,
  Hand,
  HandMetal,
  type LucideIcon,
  ShieldBan,
  ShieldCheck,
  TimerOff,
} from "lucide-react";
import type { AskItem } from "#lib/timeline/schema.ts";
import { AskFacts } from "../../asks/ask-facts.tsx";
import { askAnchor } from "../../asks/ask-view.ts";
import { AskedBlock } from "../../asks/asked-block.tsx";
import { settledWords, subjectWords } from "../../asks/asked-text.ts";
import { Remark } from "../../ui/badge.tsx";
import { Code, Visible } from "../../ui/visible.tsx";
import { Row } from "../row.tsx";
import { useSteering } from "./steering-context.tsx";

type Settled = NonNullable<AskItem["settled"]>;

const FACE = {
  allowed: { icon: CircleCheck, tone: "is-good", word: "good" },
  declined: { icon: ShieldBan, tone: "is-bad", word: "bad" },
  expired: { icon: TimerOff, tone: "is-need", word: "need" },
} as const satisfies Record<Settled["decision"], { icon: LucideIcon; tone: string; word: string }>;

export function AskRow({ item }: { item: AskItem }) {
  return item.question === null ? (
    <PolicyRow item={item} />
  ) : (
    <QuestionRow item={item} question={item.question} />
  );
}

/** Nobody was asked: the charter had the answer. */
function PolicyRow({ item: { settled, at, seq } }: { item: AskItem }) {
  if (settled === null) return null;
  const declined = settled.decision !== "allowed";
  return (
    <Row
      icon={declined ? ShieldBan : ShieldCheck}
      tone={declined ? "is-bad" : "reason"}
      at={at}
      seq={seq}
      head={
        <>
          {settledWords(settled.decision, settled.by, null)}
          {settled.rule ? (
            <>
              : <Code text={settled.rule} />
            </>
          ) : null}
        </>
      }
    />
  );
}

function QuestionRow({ item, question }: { item: AskItem; question: NonNullable<AskItem["question"]> }) {
  const known = useSteering().asks.find(({ attempt, ask }) => attempt === item.attempt && ask === item.ask);
  const settled = item.settled ?? known?.settled ?? null;
  const name = known?.settled?.name ?? null;
  const face = settled === null ? null : FACE[settled.decision];
  const rule = item.settled?.rule ?? known?.rule ?? "";
  return (
    <Row
      icon={face ? face.icon : Hand}
      tone={face ? face.tone : "is-need"}
      at={item.at}
      seq={item.seq}
      head={
        <>
          <span className="med">Asked to {subjectWords(question.what)}</span>{" "}
          {settled ? (
            <span className={`sm ${face?.word ?? ""}`}>
              {settledWords(settled.decision, settled.by, name)}
            </span>
          ) : null}
        </>
      }
    >
      <div className="card" data-ask={settled?.decision ?? "open"}>
        <AskedBlock what={question.what} text={question.text} place={`of event ${item.seq}`} />
        {settled === null && known ? null : (
          <AskFacts ask={{ cwd: question.cwd, reason: question.reason, rule }} />
        )}
        {known?.settled?.answer ? (
          <p className="sm">
            <span className="t3">The agent was told</span> “
            <Visible text={known.settled.answer} mode="block" />”
          </p>
        ) : null}
        {settled === null ? (
          <p className="row">
            <Remark tone="need" icon={HandMetal} bare={false}>
              Open
            </Remark>
            <span className="grow" />
            {known?.gate ? (
              <a className="btn" href={`#${askAnchor(known)}`}>
                Decide
              </a>
            ) : null}
          </p>
        ) : null}
      </div>
    </Row>
  );
}
