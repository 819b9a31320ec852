import { Check, CornerDownRight, Send } from "lucide-react";
import { useState } from "react";
import { MAX_COMMENT, type ThreadView } from "#lib/comments/schema.ts";
import { ActionButton } from "../../form/action-button.tsx";
import { FormAnswer } from "../../form/form-answer.tsx";
import type { FormAction } from "../../form/state.ts";
import { useForm } from "../../form/use-form.ts";
import { plural } from "../../format.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Remark } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Visible } from "../../ui/visible.tsx";
import { Words } from "./composer.tsx";
import { linesInWords, nowInWords, type Talk } from "./talk.ts";

interface ThreadCardProps {
  readonly runId: string;
  readonly thread: ThreadView;
  readonly talk: Talk;
  /** In the list of all threads, where its lines do not stand above it. */
  readonly isAlone?: boolean;
  readonly onGo?: (() => void) | null;
}

/** One thread: what was said, what became of its lines, and what may be done about it. */
export function ThreadCard({ runId, thread, talk, isAlone = false, onGo = null }: ThreadCardProps) {
  const { id, path, comments, isOpen, sent, resolvedByName, quote } = thread;
  const [answering, setAnswering] = useState(false);
  const now = nowInWords(thread);
  return (
    <article className="thr" data-open={isOpen} aria-label={`Thread on ${linesInWords(thread)}`}>
      <header className="row flex-wrap sm">
        {isAlone ? (
          <span className="mono trunc med">
            <Visible text={path} />
          </span>
        ) : null}
        <span className="t2 nowrap">{linesInWords(thread)}</span>
        {isOpen ? null : (
          <Remark tone="good" icon={Check}>
            settled{resolvedByName ? ` by ${resolvedByName}` : ""}
          </Remark>
        )}
        {sent > 0 ? (
          <Remark tone="wait" icon={Send}>
            sent to the agent{sent > 1 ? ` ${plural(sent, "time")}` : ""}
          </Remark>
        ) : null}
        <span className="grow" />
        {onGo ? (
          <Button size="sm" tone="quiet" icon={CornerDownRight} onClick={onGo}>
            Go to its lines
          </Button>
        ) : null}
      </header>
      {now ? (
        <p className={`sm ${thread.now.state === "changed" ? "good" : "t2"}`} data-now={thread.now.state}>
          {now}
        </p>
      ) : null}
      {isAlone || thread.now.state !== "here" ? (
        <pre className="quo mono">
          <Visible text={quote} mode="code" />
        </pre>
      ) : null}
      <ol>
        {comments.map(({ id: key, authorName, text, replacement, createdAt }) => (
          <li key={key}>
            <Avatar name={authorName} small />
            <div className="col grow">
              <span className="sm">
                <span className="med">
                  <Visible text={authorName} />
                </span>{" "}
                <span className="t3">
                  <RelativeTime at={createdAt.toISOString()} />
                </span>
              </span>
              {text === "" ? null : (
                <p className="said">
                  <Visible text={text} mode="block" />
                </p>
              )}
              {replacement === null ? null : (
                <>
                  <span className="sm t2">Suggested in the place of these lines:</span>
                  <pre className="quo sug mono">
                    <Visible text={replacement} mode="code" />
                  </pre>
                </>
              )}
            </div>
          </li>
        ))}
      </ol>
      <footer className="row">
        {talk.reply && !answering ? (
          <Button size="sm" onClick={() => setAnswering(true)}>
            Reply
          </Button>
        ) : null}
        {talk.settle ? (
          <ActionButton
            action={talk.settle}
            fields={{ runId, threadId: id, to: isOpen ? "settled" : "open" }}
            doing={isOpen ? "Settling" : "Opening"}
            size="sm"
            tone="quiet"
          >
            {isOpen ? "Settle" : "Open again"}
          </ActionButton>
        ) : null}
      </footer>
      {talk.reply && answering ? (
        <Answer runId={runId} threadId={id} action={talk.reply} onClose={() => setAnswering(false)} />
      ) : null}
    </article>
  );
}

interface AnswerProps {
  readonly runId: string;
  readonly threadId: string;
  readonly action: FormAction;
  readonly onClose: () => void;
}

function Answer({ runId, threadId, action, onClose }: AnswerProps) {
  const form = useForm(action, onClose);
  const [requestKey] = useState(() => crypto.randomUUID());
  return (
    <form {...form.props} className="rcm">
      {Object.entries({ runId, threadId, requestKey }).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Words name="text" label="Reply" max={MAX_COMMENT} state={form.state} focused />
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="ink" icon={CornerDownRight} pending={form.pending && "Saving"}>
          Reply
        </Button>
      </div>
    </form>
  );
}
