import { Eye } from "lucide-react";
import { useState } from "react";
import { TextField } from "../form/field.tsx";
import { errorsOf } from "../form/state.ts";
import { formatCount } from "../format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Note } from "../ui/note.tsx";
import { SCROLLS } from "../ui/scrolls.ts";
import { Visible } from "../ui/visible.tsx";

/** Answers with the text, or with why not. */
export type ShowAction = (
  form: FormData,
) => Promise<
  | { readonly ok: true; readonly value: { readonly text: string; readonly cut: number } }
  | { readonly ok: false; readonly error: string; readonly fields?: Record<string, string[]> | undefined }
>;

export interface Asked {
  /** `runId`, `what`, and for an event its `seq`. */
  readonly fields: Readonly<Record<string, string>>;
  /** "event 12" */
  readonly title: string;
}

/** A button and its dialog, where no form is around it. */
export function ShowRaw({ action, fields, title }: { action: ShowAction } & Asked) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button size="sm" tone="quiet" icon={Eye} onClick={() => setAsking(true)}>
        Show {title} unmasked…
      </Button>
      <RawDialog action={action} asked={asking ? { fields, title } : null} onClose={() => setAsking(false)} />
    </>
  );
}

export function ShowButton({ title, onClick }: { title: string; onClick: () => void }) {
  return (
    <Button size="sm" tone="quiet" icon={Eye} onClick={onClick}>
      Show unmasked…<span className="vh"> {title}</span>
    </Button>
  );
}

interface RawDialogProps {
  readonly action: ShowAction;
  readonly asked: Asked | null;
  readonly onClose: () => void;
}

/** Shows a payload unmasked, once. The text is nowhere else in the page and goes when the dialog closes. */
export function RawDialog({ action, asked, onClose }: RawDialogProps) {
  return (
    <Dialog
      open={asked !== null}
      onClose={onClose}
      title={`Show ${asked?.title ?? "it"} unmasked?`}
      text="That you saw it, when and why goes into the log before anything is shown."
      wide
    >
      {asked ? <RawForm action={action} fields={asked.fields} onClose={onClose} /> : null}
    </Dialog>
  );
}

/** The page behind has a field called `reason` as well, and a label belongs to one field only. */
const FIELD = "why";

type Answer = Awaited<ReturnType<ShowAction>>;
const LOST: Answer = { ok: false, error: "The answer did not arrive. It may have been recorded as shown." };

function RawForm({
  action,
  fields,
  onClose,
}: Pick<RawDialogProps, "action" | "onClose"> & Pick<Asked, "fields">) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [pending, setPending] = useState(false);
  if (answer?.ok) return <Raw {...answer.value} onClose={onClose} />;
  const submit = async (element: HTMLFormElement) => {
    setPending(true);
    const form = new FormData(element);
    form.set("reason", form.get(FIELD) ?? "");
    setAnswer(await action(form).catch(() => LOST));
    setPending(false);
  };
  return (
    <form
      className="grid gap-3.5"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) void submit(event.currentTarget);
      }}
    >
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <TextField
        name={FIELD}
        label="Reason"
        hint="Stands with your name in the record of what was shown."
        errors={answer?.fields && { [FIELD]: [...errorsOf(answer.fields, "reason")] }}
        autoComplete="off"
        maxLength={500}
        autoFocus
      />
      {answer ? (
        <Note tone="bad" role="alert">
          {answer.error}
        </Note>
      ) : null}
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Not now
        </Button>
        <Button type="submit" size="lg" tone="ink" icon={Eye} pending={pending && "Recording"}>
          Record and show
        </Button>
      </div>
    </form>
  );
}

function Raw({ text, cut, onClose }: { text: string; cut: number; onClose: () => void }) {
  return (
    <>
      <Note tone="need" role="status">
        Unmasked. It is shown this once; close the dialog when you have read it.
      </Note>
      <section className="code raw" aria-label="Unmasked text" {...SCROLLS}>
        <Visible text={text} mode="block" />
      </section>
      {cut > 0 ? <p className="t3 sm">{formatCount(cut)} more characters are not shown.</p> : null}
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Close
        </Button>
      </div>
    </>
  );
}
