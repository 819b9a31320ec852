import { MessageSquareDashed, MessageSquareX } from "lucide-react";
import { Icon } from "../../ui/icon.tsx";
import { ClockTime } from "../../ui/relative-time.tsx";
import { Visible } from "../../ui/visible.tsx";
import { stateWords } from "./composer-words.ts";
import { Words } from "./prompt-row.tsx";
import type { ShownMessage } from "./steering-context.tsx";

/**
 * Messages that no event tells of: those on their way, in the order in which they will arrive, and those of a run that
 * ended before it had them.
 */
export function WaitingMessages({ messages }: { messages: readonly ShownMessage[] }) {
  if (messages.length === 0) return null;
  return (
    <ol className="tl waits" aria-label="Messages that the agent has not got">
      {messages.map((message) => {
        const lost = message.status === "undeliverable";
        return (
          <li key={message.id} className={`ti ${lost ? "is-need" : "person"}`} data-message={message.status}>
            <span className="tic">
              <Icon of={lost ? MessageSquareX : MessageSquareDashed} />
            </span>
            <div className="tb">
              <div className="th">
                <div className="grow tw">
                  <span className="med">
                    <Visible text={message.sentByName} />
                  </span>{" "}
                  {message.origin === "goal" ? <span className="t2">sets a new goal · </span> : null}
                  <span className={lost ? "need" : "t2"}>{stateWords(message)}</span>
                  {message.reason ? (
                    <span className="t2 block">
                      <Visible text={message.reason} />
                    </span>
                  ) : null}
                </div>
                <ClockTime at={message.sentAt.toISOString()} className="t3 sm num nowrap" />
                <span className="evl" />
              </div>
              <Words message={message} />
            </div>
          </li>
        );
      })}
    </ol>
  );
}
