"use client";

import { useState } from "react";
import {
  MOST_REPORT_BYTES,
  ReportVerdict,
  type StateReport,
  type UploadReport,
} from "#lib/exit-reviews/schema.ts";
import { SelectField, TextAreaField, TextField } from "../form/field.tsx";
import { Button } from "../ui/button.tsx";
import { Note } from "../ui/note.tsx";
import { REPORT_WORDS } from "./words.ts";

type Answered =
  | { readonly ok: true; readonly done?: string }
  | { readonly ok: false; readonly error: string; readonly fields?: Record<string, string[]> | undefined };

export interface ReportActions {
  readonly upload: (input: UploadReport) => Promise<Answered>;
  readonly state: (input: StateReport) => Promise<Answered>;
}

const LOST = "The answer did not arrive. Look at the list of reports before you try again.";

/** Said before it is sent: nothing here takes more, and the answer would say no more than that it broke off. */
const TOO_LARGE = {
  ok: false,
  error: "The report is larger than 512 KiB. Give its SHA-256 and where it is kept.",
} as const;

function inBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** With its file, or with its digest alone and where it is kept. */
export function ReportForm({ pilotId, upload, state }: ReportActions & { readonly pilotId: string }) {
  const [said, setSaid] = useState<Answered | null>(null);
  const [busy, setBusy] = useState(false);

  async function send(form: FormData): Promise<void> {
    const text = (name: string) => String(form.get(name) ?? "");
    const verdict = ReportVerdict.catch("not_fit").parse(form.get("verdict"));
    const file = form.get("file");
    const has = file instanceof File && file.size > 0;
    if (has && file.size > MOST_REPORT_BYTES) return setSaid(TOO_LARGE);
    const told = {
      ...{ pilotId, verdict, statement: text("statement") },
      name: text("name").trim() === "" && has ? file.name : text("name"),
    };
    setBusy(true);
    const call = has
      ? upload({ ...told, file: inBase64(new Uint8Array(await file.arrayBuffer())) })
      : state({ ...told, sha256: text("sha256"), keptAt: text("keptAt") });
    setSaid(await call.catch((): Answered => ({ ok: false, error: LOST }))); // the connection broke: say what to do
    setBusy(false);
  }

  const fields = said && !said.ok ? said.fields : undefined;
  return (
    <form
      className="grid gap-3.5"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send(new FormData(event.currentTarget));
      }}
    >
      <SelectField
        name="verdict"
        label="What you found"
        errors={fields}
        options={ReportVerdict.options.map((value) => ({ value, title: REPORT_WORDS[value] }))}
      />
      <TextAreaField
        name="statement"
        label="Statement"
        hint="What was looked at and what was found; stands on this page."
        errors={fields}
      />
      <TextField
        name="name"
        label="Name of the report"
        hint="left empty: that of the file"
        maxLength={200}
        errors={fields}
      />
      <TextField
        name="file"
        label="File"
        type="file"
        hint="at most 512 KiB; its digest is taken here"
        errors={fields}
      />
      <TextField
        name="sha256"
        label="Or its SHA-256"
        hint="where the report is kept elsewhere"
        mono
        errors={fields}
      />
      <TextField name="keptAt" label="And where it is kept" maxLength={500} errors={fields} />
      {said ? (
        <Note tone={said.ok ? "good" : "bad"} role={said.ok ? "status" : "alert"}>
          {said.ok ? (said.done ?? "It is stated.") : said.error}
        </Note>
      ) : null}
      <div className="row justify-end acts">
        <Button type="submit" tone="ink" pending={busy && "Stating"}>
          State the review
        </Button>
      </div>
    </form>
  );
}
