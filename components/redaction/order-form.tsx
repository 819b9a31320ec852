import { Eraser } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { RedactionOffer } from "#lib/redactions/schema.ts";
import { RadioCards } from "../form/choice.tsx";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import { errorsOf, type FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Note } from "../ui/note.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { CopiesTable } from "./copies-table.tsx";
import type { EventLine } from "./event-line.ts";
import { RawDialog, type ShowAction, ShowButton } from "./show-raw.tsx";

export interface OrderFormProps {
  readonly runId: string;
  readonly offer: RedactionOffer;
  readonly events: readonly EventLine[];
  /** Address of the next events; null at the end. */
  readonly next: string | null;
  readonly order: FormAction;
  /** Null for a person who may not see payloads unmasked. */
  readonly show: ShowAction | null;
}

const CHOICES = [
  { value: "events", title: "Some events", text: "Those that are ticked below." },
  {
    value: "all_events",
    title: "All events",
    text: "The whole timeline keeps its shape and loses its texts, and so do requests to models and their answers.",
  },
  {
    value: "all",
    title: "Everything",
    text: "Events, calls of models, bundle, patch, diff, manifest, evidence texts, task, summary and file names.",
  },
] as const;

function copiesFor(offer: RedactionOffer, kind: string): RedactionOffer["copies"] {
  if (kind === "all") return offer.copies;
  return kind === "all_events" ? offer.copiesOfAllEvents : offer.copiesOfEvents;
}

export function OrderForm({ runId, offer, events, next, order, show }: OrderFormProps) {
  const form = useForm(order);
  const [kind, setKind] = useState<string>("events");
  const [asked, setAsked] = useState<number | null>(null);
  const refusal = kind === "events" ? offer.refusal : offer.refusalOfAll;
  const missing = errorsOf(form.state.fields, "seqs");
  return (
    <>
      <form {...form.props} className="grid gap-3.5 p-4">
        <input type="hidden" name="runId" value={runId} />
        <RadioCards name="kind" label="What" choices={CHOICES} defaultValue={kind} onChange={setKind} />
        <EventList {...{ events, next }} ticks={kind === "events"} onShow={show ? setAsked : null} />
        {missing.length > 0 ? <p className="err">{missing.join(" ")}</p> : null}
        <TextField
          name="reason"
          label="Reason"
          hint="Stays with your name. It is not itself a secret, so do not quote one."
          errors={form.state.fields}
          autoComplete="off"
          maxLength={500}
        />
        <CopiesTable copies={copiesFor(offer, kind)} done={false} />
        {refusal ? <Note tone="need">{refusal}</Note> : null}
        <FormAnswer state={form.state} />
        <div className="row justify-end acts">
          <Button
            type="submit"
            size="lg"
            tone="danger"
            icon={Eraser}
            pending={form.pending && "Ordering"}
            blocked={refusal ?? undefined}
          >
            Take away for good
          </Button>
        </div>
      </form>
      {show ? (
        <RawDialog
          action={show}
          asked={
            asked === null
              ? null
              : { title: `event ${asked}`, fields: { runId, what: "event", seq: String(asked) } }
          }
          onClose={() => setAsked(null)}
        />
      ) : null}
    </>
  );
}

interface EventListProps extends Pick<OrderFormProps, "events" | "next"> {
  readonly ticks: boolean;
  readonly onShow: ((seq: number) => void) | null;
}

function EventList({ events, next, ticks, onShow }: EventListProps) {
  return (
    <>
      <Table
        label="Events"
        columns={[
          { key: "tick", title: "Take away", quiet: true },
          { key: "seq", title: "No.", number: true },
          { key: "kind", title: "Kind" },
          { key: "text", title: "Text, secrets masked" },
          { key: "raw", title: "Unmasked", quiet: true },
        ]}
      >
        {events.map(({ seq, kind, text, isTaken }) => (
          <tr key={seq}>
            <td>
              <input
                type="checkbox"
                className="check"
                name="seqs"
                value={seq}
                aria-label={`Take event ${seq} away`}
                disabled={!ticks || isTaken}
              />
            </td>
            <td className="n num">{seq}</td>
            <td className="nowrap t2">{kind}</td>
            <td className="mono sm tw">
              <Visible text={text} />
            </td>
            <td className="n">
              {onShow && !isTaken ? <ShowButton title={`event ${seq}`} onClick={() => onShow(seq)} /> : null}
            </td>
          </tr>
        ))}
      </Table>
      {next ? (
        <Link className="link sm" href={next}>
          Later events
        </Link>
      ) : null}
    </>
  );
}
