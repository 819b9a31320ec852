// What an agent with a model was told, said and changed, and what each of its calls cost.
import {
  BrainCircuit,
  FileDiff,
  Loader,
  type LucideIcon,
  MessageSquareText,
  Radio,
  ScanText,
  Sparkles,
  Wrench,
} from "lucide-react";
import Link from "next/link";
import type { AgentItem, CallItem } from "#lib/timeline/schema.ts";
import { formatCount, formatDuration, formatMicros } from "../format.ts";
import { Icon } from "../ui/icon.tsx";
import { OutputBlock } from "../ui/output-block.tsx";
import { Visible } from "../ui/visible.tsx";
import { ChangedFiles } from "./changed-files.tsx";
import { useEventLinks } from "./event/context.tsx";
import { Row } from "./row.tsx";

type Type = AgentItem["type"];

const ICON: Readonly<Record<Type, LucideIcon>> = {
  message: MessageSquareText,
  reasoning: BrainCircuit,
  command: Wrench,
  patch: FileDiff,
  tool: ScanText,
  compaction: Sparkles,
};

/** Why an item counts for nothing; null where it went well. */
const UNDONE = {
  completed: null,
  declined: "declined",
  failed: "failed",
  aborted: "cut off",
} as const satisfies Record<NonNullable<AgentItem["status"]>, string | null>;

/** Said in sentences, and so shown as text; the others are shown as a program's output. */
const SAID: readonly Type[] = ["message", "reasoning"];

export function AgentItemRow({ item }: { item: AgentItem }) {
  const { type, title, output, cut, status } = item;
  const isSaid = SAID.includes(type);
  const undone = status === null ? null : UNDONE[status];
  return (
    <Row
      icon={ICON[type]}
      tone={undone ? "is-need" : type === "reasoning" ? "reason" : ""}
      at={item.at}
      seq={item.seq}
      head={isSaid && output !== "" ? <Visible text={output} mode="block" /> : <Visible text={title} />}
      end={
        status === null ? (
          <span className="st work" role="status" aria-label="under way">
            <Icon of={Loader} size={12} className="spin" />
          </span>
        ) : undone ? (
          <span className="need sm nowrap">{undone}</span>
        ) : null
      }
    >
      {!isSaid && output !== "" ? (
        <OutputBlock text={output} label={type === "patch" ? "Patch" : "Answer"} live={status === null} />
      ) : null}
      {type === "patch" ? null : <ChangedFiles changed={item.changed} />}
      {cut > 0 ? <p className="t3 sm">{formatCount(cut)} characters before this are not shown.</p> : null}
    </Row>
  );
}

const CALL = {
  done: null,
  failed: "failed",
  aborted: "cut off",
  unknown: "end not known",
} as const satisfies Record<NonNullable<CallItem["answered"]>["outcome"], string | null>;

export function CallRow({ item }: { item: CallItem }) {
  const { answered, call, model } = item;
  const bad = answered ? CALL[answered.outcome] : null;
  const runId = useEventLinks()?.runId;
  const name = <Visible text={model} />;
  return (
    <Row
      icon={Radio}
      tone={bad ? "is-need" : ""}
      at={item.at}
      seq={item.seq}
      head={
        <span className="t2">
          Called{" "}
          {runId === undefined ? (
            name
          ) : (
            <Link className="link" href={`/runs/${runId}/calls/${call}`}>
              {name}
            </Link>
          )}
          {answered?.returned && answered.returned !== model ? (
            <>
              , answered by <Visible text={answered.returned} />
            </>
          ) : null}
          {bad ? <span className="need"> · {bad}</span> : null}
        </span>
      }
      end={
        answered ? (
          <span className="t3 sm num nowrap">
            <Tokens answered={answered} /> {formatMicros(answered.micros)} ·{" "}
            {formatDuration(answered.milliseconds)}
          </span>
        ) : (
          <span className="st work" role="status" aria-label="under way">
            <Icon of={Loader} size={12} className="spin" />
          </span>
        )
      }
    />
  );
}

function Tokens({ answered: { input, output } }: { answered: NonNullable<CallItem["answered"]> }) {
  if (input === null && output === null) return <span className="only-wide">tokens not reported ·</span>;
  return (
    <span className="only-wide">
      {formatCount(input ?? 0)} in, {formatCount(output ?? 0)} out ·
    </span>
  );
}
