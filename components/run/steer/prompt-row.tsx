// Words that went to the agent, told apart by who they are from, and messages that did not arrive.
import {
  Anchor,
  CornerDownRight,
  Flag,
  type LucideIcon,
  MessageSquare,
  MessageSquareX,
  Undo2,
} from "lucide-react";
import type { MessageStatus } from "#lib/messages/schema.ts";
import { visibleText } from "#lib/text/rules.ts";
import type { MessageItem, PromptItem } from "#lib/timeline/schema.ts";
import { formatDuration } from "../../format.ts";
import { OutputBlock } from "../../ui/output-block.tsx";
import { Visible } from "../../ui/visible.tsx";
import { Row } from "../row.tsx";
import { stateWords } from "./composer-words.ts";
import { type ShownMessage, useSteering } from "./steering-context.tsx";

const ORIGIN = {
  goal: { title: "Task", icon: Flag, tone: "person" },
  steer: { title: "Steered", icon: MessageSquare, tone: "person" },
  anchor: { title: "Reminded of the goal", icon: Anchor, tone: "anchor" },
  answer: { title: "Told how it stands", icon: CornerDownRight, tone: "reason" },
} as const satisfies Record<PromptItem["origin"], { title: string; icon: LucideIcon; tone: string }>;

const ICONS = {
  delivered: MessageSquare,
  undeliverable: MessageSquareX,
  withdrawn: Undo2,
} as const satisfies Partial<Record<MessageStatus, LucideIcon>>;

export function PromptRow({ item }: { item: PromptItem }) {
  const { messages } = useSteering();
  const { title, icon, tone } = ORIGIN[item.origin];
  const from = item.messages.map(({ message, effect }) => ({
    id: message,
    effect,
    known: messages.find(({ id }) => id === message),
  }));
  const isGoal = item.origin === "goal" && from.length > 0;
  return (
    <Row
      icon={icon}
      tone={tone}
      at={item.at}
      seq={item.seq}
      head={
        from.length === 0 ? (
          <span className="med">{title}</span>
        ) : (
          from.map(({ id, effect, known }) => (
            <span key={id} className="block">
              <span className="med">{known ? <Visible text={known.sentByName} /> : "Somebody"}</span>{" "}
              <span className="t2">
                {isGoal || known?.origin === "goal"
                  ? "set a new goal"
                  : known?.origin === "review"
                    ? "sent comments of the review"
                    : "steered"}
                {" · "}
                {stateWords({
                  ...{ status: "delivered", mode: known?.mode ?? "now", effect },
                  withdrawAt: known?.withdrawAt ?? null,
                })}
                {known ? ` after ${formatDuration(Date.parse(item.at) - known.sentAt.getTime())}` : ""}
              </span>
            </span>
          ))
        )
      }
    >
      <div className={item.origin === "steer" || isGoal ? "said" : undefined}>
        <OutputBlock text={item.text} label={`${title}, as sent`} shows="start" />
      </div>
    </Row>
  );
}

/** One that did not arrive, or of which the events hold no words. */
export function MessageRow({ item }: { item: MessageItem }) {
  const { messages } = useSteering();
  const known = messages.find(({ id }) => id === item.message);
  const isTakenBack = known?.status === "withdrawn";
  const status = isTakenBack ? "withdrawn" : item.reason === null ? "delivered" : "undeliverable";
  const isLost = status === "undeliverable";
  return (
    <Row
      icon={ICONS[status]}
      tone={isLost ? "is-need" : "person"}
      at={item.at}
      seq={item.seq}
      head={
        <>
          <span className="med">{known ? <Visible text={known.sentByName} /> : "A message"}</span>{" "}
          <span className={isLost ? "need" : "t2"}>
            {known?.origin === "goal" ? "set a new goal · " : ""}
            {known?.origin === "review" ? "comments of the review · " : ""}
            {stateWords({
              ...{ status, mode: known?.mode ?? "now", effect: item.effect },
              withdrawAt: known?.withdrawAt ?? null,
            })}
            {isLost && item.reason !== null ? (
              <>
                : <Visible text={item.reason} />
              </>
            ) : null}
          </span>
        </>
      }
    >
      {known ? <Words message={known} /> : null}
    </Row>
  );
}

export function Words({ message }: { message: ShownMessage }) {
  return (
    <div className="said">
      <OutputBlock
        text={message.text}
        label={`Message of ${visibleText(message.sentByName, "line")}`}
        shows="start"
      />
    </div>
  );
}
