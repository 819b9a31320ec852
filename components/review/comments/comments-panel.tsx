import { MessagesSquare, Send } from "lucide-react";
import { useState } from "react";
import { NO_READER } from "#lib/comments/rules.ts";
import type { ThreadView } from "#lib/comments/schema.ts";
import { FormAnswer } from "../../form/form-answer.tsx";
import type { FormAction } from "../../form/state.ts";
import { useForm } from "../../form/use-form.ts";
import { plural } from "../../format.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Note } from "../../ui/note.tsx";
import { Visible } from "../../ui/visible.tsx";
import { useReviewKeys } from "../diff/keys.ts";
import { linesInWords, type Talk } from "./talk.ts";
import { ThreadCard } from "./thread-card.tsx";

interface CommentsPanelProps {
  readonly runId: string;
  readonly talk: Talk;
}

/** All threads, the open ones first. */
export function CommentsPanel({ runId, talk }: CommentsPanelProps) {
  const [open, settled] = [
    talk.threads.filter(({ isOpen }) => isOpen),
    talk.threads.filter(({ isOpen }) => !isOpen),
  ];
  if (talk.threads.length === 0)
    return (
      <Empty
        icon={MessagesSquare}
        title="Nothing was said yet"
        text="Choose lines in the changes by their numbers, or press C there, and say what there is to say about them."
      />
    );
  return (
    <div className="col gap-3 p-5">
      {talk.whyNotSent === NO_READER ? <Note>{NO_READER}</Note> : null}
      {[...open, ...settled].map((thread) => (
        <ThreadCard
          key={thread.id}
          runId={runId}
          thread={thread}
          talk={talk}
          isAlone
          onGo={"path" in thread.now ? goTo(runId, thread) : null}
        />
      ))}
    </div>
  );
}

function goTo(runId: string, { now, side }: ThreadView): () => void {
  const place = "path" in now ? { file: now.path, ...(side === "new" ? { line: String(now.to) } : {}) } : {};
  return () => window.location.assign(`/reviews/${runId}?${new URLSearchParams(place)}`);
}

interface SendToAgentProps {
  readonly runId: string;
  readonly patchId: string;
  readonly talk: Talk;
}

/** Opens by its button or by `s`: which open threads go back to the agent. */
export function SendToAgent({ runId, patchId, talk }: SendToAgentProps) {
  const [asking, setAsking] = useState(false);
  const open = talk.threads.filter(({ isOpen }) => isOpen);
  const { send, whyNotSent } = talk;
  const mayAsk = send !== null && open.length > 0 && whyNotSent === null;
  useReviewKeys({ s: () => mayAsk && setAsking(true) });
  if (send === null || open.length === 0) return null;
  return (
    <>
      <Button size="sm" icon={Send} blocked={whyNotSent ?? false} onClick={() => setAsking(true)}>
        Send {plural(open.length, "comment")} to the agent…
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Send back to the agent?"
        text="The run begins another attempt with these comments. The gate of this patch is void, and what comes back is verified and reviewed anew."
      >
        <SendForm {...{ runId, patchId, threads: open }} action={send} onClose={() => setAsking(false)} />
      </Dialog>
    </>
  );
}

interface SendFormProps {
  readonly runId: string;
  readonly patchId: string;
  readonly threads: readonly ThreadView[];
  readonly action: FormAction;
  readonly onClose: () => void;
}

function SendForm({ runId, patchId, threads, action, onClose }: SendFormProps) {
  const form = useForm(action, onClose);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const chosen = threads.filter(({ id }) => !left.has(id));
  const choose = (id: string, isIn: boolean) => {
    const next = new Set(left);
    if (isIn) next.delete(id);
    else next.add(id);
    setLeft(next);
  };
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="runId" value={runId} />
      <input type="hidden" name="patchId" value={patchId} />
      <input type="hidden" name="threadIds" value={chosen.map(({ id }) => id).join(",")} />
      <ul className="col gap-1.5">
        {threads.map((thread) => (
          <li key={thread.id}>
            <label className="row sm">
              <input
                type="checkbox"
                className="check"
                checked={!left.has(thread.id)}
                onChange={(event) => choose(thread.id, event.target.checked)}
              />
              <span className="trunc">
                <span className="mono">
                  <Visible text={thread.path} />
                </span>{" "}
                <span className="t2">{linesInWords(thread)}: </span>
                <Visible text={(thread.comments[0]?.text || "suggested code").slice(0, 120)} />
              </span>
            </label>
          </li>
        ))}
      </ul>
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Not yet
        </Button>
        <Button
          type="submit"
          size="lg"
          tone="ink"
          icon={Send}
          blocked={chosen.length === 0 ? "Choose at least one comment." : false}
          pending={form.pending && "Sending"}
        >
          Send {plural(chosen.length, "comment")}
        </Button>
      </div>
    </form>
  );
}
