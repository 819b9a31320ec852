"use client";

import { CornerDownLeft, Info, TriangleAlert } from "lucide-react";
import { type KeyboardEvent, useCallback, useMemo, useState } from "react";
import type { MessageEffect, MessageMode } from "#lib/protocol/steering.ts";
import { errorsOf, type FormAction } from "../../form/state.ts";
import { useForm } from "../../form/use-form.ts";
import type { StatusOf } from "../../status.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { effectSentence, MODES, VERBS } from "./composer-words.ts";
import { withRequestKey } from "./request-keys.ts";
import { useDraft } from "./use-draft.ts";

export interface ComposerProps {
  readonly runId: string;
  readonly status: StatusOf<"run">;
  readonly held: boolean;
  readonly steering: MessageEffect;
  /** Whom a message disqualifies as an approver, said before it is sent. */
  readonly notice: { readonly text: string; readonly serious: boolean } | null;
  /** Reads `runId`, `mode`, `text`, `changesGoal` and `requestKey`. */
  readonly send: FormAction;
}

const LONGEST = 16_384;
const NEAR = 2_000;

/** Words to the agent: how they reach it is chosen and said before they are sent, and they are never lost. */
export function Composer({ runId, status, held, steering, notice, send }: ComposerProps) {
  const [mode, setMode] = useState<MessageMode>("now");
  const [changesGoal, setChangesGoal] = useState(false);
  const { text, write, clear } = useDraft(runId);
  const keyed = useMemo(() => withRequestKey(send), [send]);
  const sent = useCallback(() => {
    keyed.settle();
    clear();
    setChangesGoal(false);
  }, [keyed, clear]);
  const form = useForm(keyed.action, sent);
  const problem = form.state.error ?? errorsOf(form.state.fields, "text").join(" ");
  const isEmpty = text.trim() === "";
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    if (!isEmpty) event.currentTarget.form?.requestSubmit();
  };
  return (
    <form {...form.props} className="cmp-form" aria-label="Message the agent">
      <input type="hidden" name="runId" value={runId} />
      <input type="hidden" name="mode" value={mode} />
      <input type="hidden" name="changesGoal" value={changesGoal ? "on" : ""} />
      <div className="cmp">
        <textarea
          name="text"
          aria-label="Message to the agent"
          aria-describedby="cmp-effect cmp-notice"
          aria-invalid={problem ? true : undefined}
          placeholder="Message the agent"
          rows={Math.min(8, Math.max(1, text.split("\n").length))}
          maxLength={LONGEST}
          readOnly={form.pending}
          value={text}
          onChange={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <div className="cmp-bar">
          <Segmented label="How it reaches the agent" options={MODES} value={mode} onChange={setMode} />
          <label className="row nowrap sm">
            <input
              type="checkbox"
              className="check"
              checked={changesGoal}
              onChange={(event) => setChangesGoal(event.currentTarget.checked)}
            />
            This becomes the goal
          </label>
          <span className="grow" />
          {text.length > LONGEST - NEAR ? (
            <span className="t3 sm num">{(LONGEST - text.length).toLocaleString("en")} left</span>
          ) : null}
          <Button
            type="submit"
            tone="ink"
            icon={CornerDownLeft}
            blocked={isEmpty && "Write something first"}
            pending={form.pending && "Sending"}
            title={`${VERBS[mode]} (⌘↵ or Ctrl+Enter)`}
          >
            {VERBS[mode]}
          </Button>
        </div>
      </div>
      {problem ? (
        <p className="err" role="alert">
          <Icon of={TriangleAlert} />
          <span>{problem} What you wrote is still here.</span>
        </p>
      ) : null}
      <p className="cmp-line" id="cmp-effect" aria-live="polite">
        {effectSentence({ mode, status, held, steering })}
        {changesGoal ? " From then on the run is for this: the task it was launched with is replaced." : ""}
      </p>
      {notice ? (
        <p className={`cmp-line ${notice.serious ? "need" : ""}`} id="cmp-notice">
          <Icon of={notice.serious ? TriangleAlert : Info} size={12} />
          <span>{notice.text}</span>
        </p>
      ) : null}
    </form>
  );
}
