"use client";

import { Copy, FileUp, LayoutTemplate } from "lucide-react";
import { useState } from "react";
import type { FileProblem } from "#lib/charters/read-file.ts";
import type { FormValues } from "#lib/pilots/form.ts";
import { plural } from "../format.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Note } from "../ui/note.tsx";
import { Visible } from "../ui/visible.tsx";

export interface Start {
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly values: FormValues;
}

/** A pilot whose charter may be copied. */
export interface Source {
  readonly id: string;
  readonly name: string;
}

export interface StartFromProps {
  readonly pilots: readonly Source[];
  readonly templates: readonly Start[];
  /** Puts these into the form; what they do not name stays. */
  readonly use: (values: FormValues) => void;
}

/** Where a new charter begins: a template, a file from elsewhere, or the charter of another pilot. */
export function StartFrom({ templates, pilots, use }: StartFromProps) {
  const [open, setOpen] = useState<"templates" | "file" | "pilots" | null>(null);
  const close = () => setOpen(null);
  const take = (values: FormValues) => {
    use(values);
    close();
  };
  return (
    <div className="row flex-wrap pb-4">
      <Button icon={LayoutTemplate} onClick={() => setOpen("templates")}>
        From a template…
      </Button>
      <Button icon={FileUp} onClick={() => setOpen("file")}>
        From a file…
      </Button>
      {pilots.length > 0 ? (
        <Button icon={Copy} onClick={() => setOpen("pilots")}>
          From a pilot…
        </Button>
      ) : null}
      <Dialog
        open={open === "pilots"}
        onClose={close}
        title="Start from another pilot"
        text="A new draft begins with its charter. Name and last day are your own; what you typed here stays in its draft."
      >
        <ul className="grid gap-2.5">
          {pilots.map(({ id, name }) => (
            <li key={id} className="row">
              <span className="grow med tw">
                <Visible text={name} />
              </span>
              <ButtonLink href={`/pilots/new?from=${id}`} aria-label={`Copy the charter of ${name}`}>
                Copy it
              </ButtonLink>
            </li>
          ))}
        </ul>
        <CloseRow onClose={close} />
      </Dialog>
      <Dialog
        open={open === "templates"}
        onClose={close}
        title="Start from a template"
        text="It fills the form, and everything can be changed. Name, time zone, repository and last day stay as they are."
      >
        <ul className="grid gap-2.5">
          {templates.map(({ key, title, text, values }) => (
            <li key={key} className="row">
              <span className="grow">
                <span className="med block">{title}</span>
                <span className="t2 sm block">{text}</span>
              </span>
              <Button onClick={() => take(values)} aria-label={`Use ${title}`}>
                Use it
              </Button>
            </li>
          ))}
        </ul>
        <CloseRow onClose={close} />
      </Dialog>
      <Dialog
        open={open === "file"}
        onClose={close}
        title="Start from a file"
        text="A charter as YAML or JSON, as a pilot's charter page gives it. What is read fills the form; nothing is saved."
      >
        <FromFile take={take} onClose={close} />
      </Dialog>
    </div>
  );
}

const CloseRow = ({ onClose }: { onClose: () => void }) => (
  <div className="row justify-end acts">
    <Button size="lg" onClick={onClose}>
      Close
    </Button>
  </div>
);

function FromFile({ take, onClose }: { take: (values: FormValues) => void; onClose: () => void }) {
  const [text, setText] = useState("");
  const [problems, setProblems] = useState<readonly FileProblem[]>([]);
  const [partial, setPartial] = useState<FormValues>({});
  const [isReading, setReading] = useState(false);

  async function read() {
    setReading(true);
    const [{ readCharterFile }, { charterValues }] = await Promise.all([
      import("#lib/charters/read-file.ts"),
      import("#lib/pilots/form.ts"),
    ]);
    const result = readCharterFile(text);
    setReading(false);
    if (result.ok) {
      const { name, timeZone, charter } = result.value;
      return take({ ...charterValues(charter), name, timeZone });
    }
    setProblems(result.problems);
    setPartial(result.values);
  }

  async function choose(file: File | undefined) {
    const { textOfFile } = await import("#lib/charters/read-file.ts");
    setText(file ? await textOfFile(file) : "");
  }

  const readable = Object.keys(partial).length;
  return (
    <div className="grid gap-3.5">
      <label className="field">
        <span className="label">A file</span>
        <input
          type="file"
          className="input file"
          accept=".yaml,.yml,.json"
          onChange={(event) => choose(event.currentTarget.files?.[0])}
        />
      </label>
      <label className="field">
        <span className="label">Or its text</span>
        <textarea
          className="input mono"
          rows={8}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </label>
      {problems.length > 0 ? (
        <Note tone="need" role="alert">
          As it stands this is no charter.
          <ul className="doubts mt-1">
            {problems.map(({ line, field, sentence }) => (
              <li key={`${line} ${field} ${sentence}`}>
                {line === null ? "" : `Line ${line}: `}
                {field === "" ? "" : <Visible text={`${field}: `} />}
                <Visible text={sentence} />
              </li>
            ))}
          </ul>
        </Note>
      ) : null}
      <div className="row justify-end acts flex-wrap">
        <Button size="lg" onClick={onClose}>
          Close
        </Button>
        {readable > 0 ? (
          <Button size="lg" onClick={() => take(partial)}>
            Fill in {plural(readable, "field")} that can be read
          </Button>
        ) : null}
        <Button size="lg" tone="ink" pending={isReading && "Reading"} onClick={read}>
          Read it
        </Button>
      </div>
    </div>
  );
}
