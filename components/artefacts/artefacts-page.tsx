"use client";

import { PackageOpen } from "lucide-react";
import Link from "next/link";
import type { ArtefactsView, ArtefactView } from "#lib/artefacts/schema.ts";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Button } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { ArtefactRow } from "./artefact-row.tsx";

export interface ArtefactsPageProps {
  readonly run: { readonly id: string; readonly title: string };
  readonly view: ArtefactsView;
  /** Null for a person who may not ask. Reads what `AskPromotion` reads. */
  readonly ask: FormAction | null;
}

const COLUMNS = [
  { key: "tick", title: "Promote", quiet: true },
  { key: "name", title: "File", className: "min-w-40" },
  { key: "state", title: "State" },
  { key: "seen", title: "Seen in it", className: "min-w-40" },
  { key: "take", title: "Download", quiet: true },
];

/** Files of a run that are no part of its patch: in quarantine until somebody else agreed to let them out. */
export function ArtefactsPage({ run, view, ask }: ArtefactsPageProps) {
  const { artefacts, paths, days } = view;
  const isFailing = artefacts.some(({ state, problem }) => state === "quarantined" && problem !== null);
  return (
    <div className="page">
      <PageHead
        title="Artefacts"
        text="Files the run handed in beside its patch. They lie in quarantine: nothing opens them here, no run reads them, and they leave it when somebody else agreed to exactly these bytes."
      />
      <Link className="link" href={`/runs/${run.id}`}>
        <Visible text={run.title} />
      </Link>
      {isFailing ? (
        <div className="mt-4">
          <Note tone="need">
            The worker could not look into some of them. They stay in quarantine; it tries twelve times, later
            each time.
          </Note>
        </div>
      ) : null}
      <Panel
        title="Handed in"
        fact={
          paths.length === 0
            ? "the charter lets it hand in none"
            : `what nobody promotes is deleted after ${plural(days, "day")}`
        }
        className="mt-4"
      >
        {artefacts.length === 0 ? (
          <Empty icon={PackageOpen} title="Nothing was handed in" text={whatWouldBe(paths)} />
        ) : ask && artefacts.some(isOffered) ? (
          <Asking runId={run.id} ask={ask} view={view} />
        ) : (
          <List runId={run.id} view={view} ticks={false} />
        )}
      </Panel>
    </div>
  );
}

const whatWouldBe = (paths: readonly string[]): string =>
  paths.length === 0
    ? "Its charter names no paths of artefacts. Name them under Environment: runs launched under that version hand in what lies there."
    : `What lies at ${paths.join(", ")} when the agent is done is handed in. Nothing did, or it is still at work.`;

/** It can be asked for: looked into, not refused, and no gate waits for it. */
const isOffered = ({ state, gateStatus }: ArtefactView): boolean =>
  state === "scanned" && gateStatus !== "open";

function Asking({ runId, ask, view }: { runId: string; ask: FormAction; view: ArtefactsView }) {
  const form = useForm(ask);
  const wrong = form.state.fields?.artefacts?.[0];
  return (
    <form {...form.props}>
      <input type="hidden" name="runId" value={runId} />
      <List runId={runId} view={view} ticks />
      <div className="p-4 grid gap-3.5">
        <TextField
          name="reason"
          label="Why they should leave the quarantine"
          hint="Stands in what the approvers read. You do not approve it yourself, nor does whoever launched or steered the run."
          errors={form.state.fields}
          autoComplete="off"
          maxLength={500}
        />
        {wrong ? (
          <Note tone="bad" role="alert">
            {wrong}
          </Note>
        ) : null}
        <FormAnswer state={form.state} />
        <div className="row acts">
          <Button type="submit" tone="ink" pending={form.pending && "Asking"}>
            Ask to promote what is ticked
          </Button>
        </div>
      </div>
    </form>
  );
}

function List({ runId, view, ticks }: { runId: string; view: ArtefactsView; ticks: boolean }) {
  return (
    <Table label="Artefacts" columns={ticks ? COLUMNS : COLUMNS.slice(1)} tall>
      {view.artefacts.map((artefact) => (
        <ArtefactRow
          key={artefact.id}
          runId={runId}
          artefact={artefact}
          tick={ticks ? isOffered(artefact) : null}
          mayTake={view.mayTake}
          mayInspect={view.mayInspect}
        />
      ))}
    </Table>
  );
}
