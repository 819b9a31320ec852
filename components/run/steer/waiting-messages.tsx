import { MessageSquareDashed, MessageSquareX, Undo2 } from "lucide-react";
import { ActionButton } from "../../form/action-button.tsx";
import type { FormAction } from "../../form/state.ts";
import { Icon } from "../../ui/icon.tsx";
import { ClockTime } from "../../ui/relative-time.tsx";
import { Visible } from "../../ui/visible.tsx";
import { stateWords } from "./composer-words.ts";
import { Words } from "./prompt-row.tsx";
import type { ShownMessage } from "./steering-context.tsx";

export interface WaitingMessagesProps {
  readonly runId: string;
  readonly messages: readonly ShownMessage[];
  /** Reads `runId` and `messageId`; null for a person who may not write to the agent. */
  readonly withdraw: FormAction | null;
}

/**
 * Messages that no event tells of: those on their way, in the order in which they will arrive, and those of a run that
 * ended before it had them. Whoever wrote one that is on its way can take it back.
 */
export function WaitingMessages({ runId, messages, withdraw }: WaitingMessagesProps) {
  if (messages.length === 0) return null;
  return (
    <ol className="tl waits" aria-label="Messages that the agent has not got">
      {messages.map((message) => (
        <WaitingMessage key={message.id} {...{ runId, message, withdraw }} />
      ))}
    </ol>
  );
}

function WaitingMessage({
  runId,
  message,
  withdraw,
}: Omit<WaitingMessagesProps, "messages"> & { readonly message: ShownMessage }) {
  const { id, status, isMine, withdrawAt } = message;
  const lost = status === "undeliverable";
  const icon = lost ? MessageSquareX : status === "withdrawn" ? Undo2 : MessageSquareDashed;
  const mayTakeBack = withdraw !== null && isMine && status === "queued" && withdrawAt === null;
  return (
    <li className={`ti ${lost ? "is-need" : "person"}`} data-message={status}>
      <span className="tic">
        <Icon of={icon} />
      </span>
      <div className="tb">
        <div className="th">
          <div className="grow tw">
            <span className="med">
              <Visible text={message.sentByName} />
            </span>{" "}
            {message.origin === "goal" ? <span className="t2">sets a new goal · </span> : null}
            {message.origin === "review" ? <span className="t2">comments of the review · </span> : null}
            <span className={lost ? "need" : "t2"}>{stateWords(message)}</span>
            {message.reason ? (
              <span className="t2 block">
                <Visible text={message.reason} />
              </span>
            ) : null}
          </div>
          {mayTakeBack ? (
            <ActionButton
              action={withdraw}
              fields={{ runId, messageId: id }}
              doing="Taking it back"
              size="sm"
              tone="quiet"
            >
              <Icon of={Undo2} size={12} />
              Take back
            </ActionButton>
          ) : null}
          <ClockTime at={message.sentAt.toISOString()} className="t3 sm num nowrap" />
          <span className="evl" />
        </div>
        <Words message={message} />
      </div>
    </li>
  );
}
