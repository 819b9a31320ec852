"use client";

import { Eraser } from "lucide-react";
import Link from "next/link";
import type { RedactionView } from "#lib/redactions/schema.ts";
import type { RunView } from "#lib/runs/schema.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { CopiesTable } from "./copies-table.tsx";
import { OrderForm, type OrderFormProps } from "./order-form.tsx";
import { ShowRaw } from "./show-raw.tsx";

export interface PayloadsPageProps extends Omit<OrderFormProps, "runId"> {
  readonly run: RunView;
  readonly hasPatch: boolean;
  readonly redactions: readonly RedactionView[];
}

/** What a run keeps of prompts, outputs and files: seen unmasked with a reason, or taken away for good. */
export function PayloadsPage({ run, hasPatch, redactions, ...form }: PayloadsPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Payloads"
        text="What agents and harnesses wrote. Pages mask the secrets they find in it; what is stored is the text as it came."
      />
      <div className="row">
        <Link className="link" href={`/runs/${run.id}`}>
          <Visible text={run.title} />
        </Link>
        <span className="grow" />
        {form.show && hasPatch ? (
          <ShowRaw action={form.show} title="the diff" fields={{ runId: run.id, what: "diff" }} />
        ) : null}
      </div>
      <Panel title="Taken away" fact={plural(redactions.length, "order")} className="mt-4">
        {redactions.length === 0 ? (
          <Empty
            icon={Eraser}
            title="Nothing was taken away"
            text="What is taken away leaves its commitment, so the log can still be checked."
          />
        ) : (
          redactions.map((redaction) => <Redaction key={redaction.id} redaction={redaction} />)
        )}
      </Panel>
      <Panel title="Take away" fact="for good; the log keeps what was committed to" className="mt-4">
        <OrderForm runId={run.id} {...form} />
      </Panel>
    </div>
  );
}

const WHAT = { events: "Single events", all_events: "All events", all: "Everything" } as const;

function Redaction({ redaction }: { redaction: RedactionView }) {
  const { kind, events, orderedByName, reason, createdAt, finishedAt, copies } = redaction;
  return (
    <section className="p-4" data-redaction={redaction.id} data-finished={finishedAt !== null}>
      <h3 className="h2">
        {WHAT[kind]}
        {events.length > 0 ? `: ${events.slice(0, 20).join(", ")}${events.length > 20 ? ", …" : ""}` : ""}
      </h3>
      <p className="t2 tw">
        Ordered by {orderedByName} <RelativeTime at={createdAt.toISOString()} />: <Visible text={reason} />
      </p>
      <p className="t2">
        {finishedAt ? (
          <>
            Done <RelativeTime at={finishedAt.toISOString()} />.
          </>
        ) : (
          "The worker has not finished it yet."
        )}
      </p>
      {copies ? (
        <details>
          <summary className="link sm">Copies reached and not reached</summary>
          <CopiesTable copies={copies} done />
        </details>
      ) : null}
    </section>
  );
}
