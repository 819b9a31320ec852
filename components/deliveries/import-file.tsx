"use client";

import { FileUp } from "lucide-react";
import { useState } from "react";
import type { Preview } from "#lib/deliveries/imports/schema.ts";
import { KIND_WORDS, ROW_KINDS, type RowKind } from "#lib/deliveries/rows/schema.ts";
import { OpensDialog } from "../form/dialog-form.tsx";
import { SelectField, TextField } from "../form/field.tsx";
import { plural } from "../format.ts";
import { Button } from "../ui/button.tsx";
import { Note } from "../ui/note.tsx";
import { PreviewTable } from "./preview-table.tsx";

export interface FileInput {
  readonly kind: RowKind;
  readonly source: string;
  /** Base 64. */
  readonly file: string;
}
type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string; readonly fields?: Record<string, string[]> | undefined };

export interface FileActions {
  readonly preview: (input: FileInput) => Promise<Answered<Preview>>;
  readonly take: (input: FileInput) => Promise<Answered<{ readonly said: string }>>;
}

export function ImportFile(actions: FileActions) {
  return (
    <OpensDialog
      button={{ icon: FileUp, children: "Choose a CSV file…" }}
      title="Import a CSV file"
      text="It is looked at first, and taken as a whole or not at all. The same file again changes nothing."
      wide
    >
      {(onClose) => <FileForm {...actions} onClose={onClose} />}
    </OpensDialog>
  );
}

/** The bytes as they are: what they are encoded in is judged where they arrive. */
function inBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

const LOST = "The answer did not arrive. Look at the list of imports before you try again.";

function FileForm({ preview, take, onClose }: FileActions & { readonly onClose: () => void }) {
  const [input, setInput] = useState<FileInput | null>(null);
  const [seen, setSeen] = useState<Preview | null>(null);
  const [said, setSaid] = useState<{ readonly error?: string; readonly done?: string }>({});
  const [fields, setFields] = useState<Record<string, string[]>>({});
  const [busy, setBusy] = useState<string | false>(false);

  async function ask<T>(doing: string, call: () => Promise<Answered<T>>): Promise<T | null> {
    setBusy(doing);
    setSaid({});
    setFields({});
    const answer = await call().catch((): Answered<T> => ({ ok: false, error: LOST })); // the connection broke: say what to do
    setBusy(false);
    if (answer.ok) return answer.value;
    setSaid({ error: answer.error });
    setFields(answer.fields ?? {});
    return null;
  }

  async function look(form: FormData): Promise<void> {
    const file = form.get("file");
    const bytes = file instanceof File ? new Uint8Array(await file.arrayBuffer()) : new Uint8Array();
    const kind = ROW_KINDS.find((each) => each === form.get("kind")) ?? "deployment";
    const next = { kind, source: String(form.get("source") ?? ""), file: inBase64(bytes) };
    setSeen(await ask("Looking", () => preview(next)));
    setInput(next);
  }

  async function importIt(): Promise<void> {
    if (input === null) return;
    const value = await ask("Importing", () => take(input));
    if (value) {
      setSaid({ done: value.said });
      setSeen(null);
    }
  }

  const isReady = seen !== null && seen.faultCount === 0;
  return (
    <form
      className="grid gap-3.5"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void look(new FormData(event.currentTarget));
      }}
      onChange={() => setSeen(null)}
    >
      <SelectField
        name="kind"
        label="What it holds"
        errors={fields}
        options={ROW_KINDS.map((kind) => ({ value: kind, title: KIND_WORDS[kind] }))}
      />
      <TextField
        name="source"
        label="Source"
        hint="what it was taken out of, such as jira or argo-cd: rows are known by it and their id there"
        autoComplete="off"
        maxLength={60}
        mono
        errors={fields}
      />
      <TextField
        name="file"
        label="File"
        type="file"
        accept=".csv,text/csv"
        hint="CSV as UTF-8; the first line names the columns"
        errors={fields}
      />
      {seen ? <PreviewTable preview={seen} /> : null}
      {said.error ? (
        <Note tone="bad" role="alert">
          {said.error}
        </Note>
      ) : null}
      {said.done ? (
        <Note tone="good" role="status">
          {said.done}
        </Note>
      ) : null}
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Close
        </Button>
        {isReady ? (
          <Button type="button" size="lg" tone="ink" pending={busy} onClick={() => void importIt()}>
            Import {plural(seen.rows, "row")}
          </Button>
        ) : (
          <Button type="submit" size="lg" tone={said.done ? undefined : "ink"} pending={busy}>
            Look at it
          </Button>
        )}
      </div>
    </form>
  );
}
