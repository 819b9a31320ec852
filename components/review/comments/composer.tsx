import { Check, MessageSquarePlus, TriangleAlert } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { MAX_COMMENT, MAX_REPLACEMENT } from "#lib/comments/schema.ts";
import { FormAnswer } from "../../form/form-answer.tsx";
import { errorsOf, type FormAction, type FormState } from "../../form/state.ts";
import { useForm } from "../../form/use-form.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { LineRange } from "../diff/contract.ts";
import { linesInWords, type Talk } from "./talk.ts";

interface ComposerProps {
  readonly runId: string;
  readonly patchId: string;
  readonly range: LineRange;
  readonly action: FormAction;
  readonly suggesting: Talk["suggesting"];
  /** The lines as they are shown, to begin a suggestion with; null where they cannot be had. */
  readonly textOf: () => Promise<string | null>;
  readonly onClose: () => void;
  /** What was typed so far: it outlives the composer, whose lines may leave the window or change their layout. */
  readonly draft?: Draft;
}

export interface Draft {
  text: string;
  code: string | null;
}

/** Says something about the lines chosen. What it costs to suggest code stands there before anything is sent. */
export function Composer({
  runId,
  patchId,
  range,
  action,
  suggesting,
  textOf,
  onClose,
  draft,
}: ComposerProps) {
  const form = useForm(action, onClose);
  const [requestKey] = useState(() => crypto.randomUUID());
  const [code, setCode] = useState<string | null>(draft?.code ?? null);
  const keep = (event: FormEvent<HTMLFormElement>) => {
    if (!draft || !(event.target instanceof HTMLTextAreaElement)) return;
    if (event.target.name === "text") draft.text = event.target.value;
    else draft.code = event.target.value;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key === "Escape") onClose();
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) event.currentTarget.requestSubmit();
  };
  const toggle = async (isOn: boolean) => {
    const start = isOn ? ((await textOf()) ?? "") : null;
    if (draft) draft.code = start;
    setCode(start);
  };
  return (
    <form
      {...form.props}
      className="rcm"
      onInput={keep}
      onKeyDown={onKeyDown}
      aria-label={`Comment on ${linesInWords(range)}`}
    >
      {Object.entries({ runId, patchId, requestKey, ...range }).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={String(value)} />
      ))}
      <Words
        name="text"
        label={`Comment on ${linesInWords(range)}`}
        max={MAX_COMMENT}
        state={form.state}
        start={draft?.text ?? ""}
        focused
      />
      {suggesting ? (
        <label className="row sm">
          <input
            type="checkbox"
            className="check"
            checked={code !== null}
            onChange={(event) => void toggle(event.target.checked)}
          />
          Suggest code in the place of these lines
        </label>
      ) : null}
      {code === null ? null : (
        <>
          <Words
            name="replacement"
            label="Suggested code"
            max={MAX_REPLACEMENT}
            state={form.state}
            start={code}
            mono
          />
          <p className={`sm ${suggesting?.serious ? "bad" : "need"}`} role="status">
            <Icon of={TriangleAlert} size={12} /> {suggesting?.text}
          </p>
        </>
      )}
      {code === null ? (
        <p className="sm t2">
          <Icon of={Check} size={12} /> Words bar nobody from approving.
        </p>
      ) : null}
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="ink" icon={MessageSquarePlus} pending={form.pending && "Saving"}>
          {code === null ? "Comment" : "Suggest"}
        </Button>
      </div>
    </form>
  );
}

interface WordsProps {
  readonly name: string;
  readonly label: string;
  readonly max: number;
  readonly state: FormState;
  readonly start?: string;
  readonly mono?: boolean;
  readonly focused?: boolean;
}

/** Several of these stand on one page, so each has an id of its own. */
export function Words({ name, label, max, state, start = "", mono = false, focused = false }: WordsProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // Whoever asked for it by a key goes on writing.
    if (focused) area.current?.focus({ preventScroll: true });
  }, [focused]);
  const wrong = errorsOf(state.fields, name);
  return (
    <div className="field">
      <label className="label sm" htmlFor={id}>
        {label}
      </label>
      <textarea
        ref={area}
        id={id}
        name={name}
        rows={mono ? Math.min(12, start.split("\n").length + 1) : 3}
        maxLength={max}
        defaultValue={start}
        className={`input ${mono ? "mono" : ""}`}
        spellCheck={!mono}
        {...(wrong.length > 0 ? { "aria-invalid": true, "aria-describedby": `${id}-about` } : {})}
      />
      {wrong.length > 0 ? (
        <p className="err" id={`${id}-about`} role="alert">
          {wrong.join(" ")}
        </p>
      ) : null}
    </div>
  );
}
