"use client";

import { FilePlus } from "lucide-react";
import type { ChecklistItem } from "#lib/exit-reviews/schema.ts";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { plural } from "../format.ts";
import { fieldName } from "../pilots/field-names.ts";
import { Button } from "../ui/button.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";

export interface ChecklistProps {
  readonly pilotId: string;
  readonly limits: readonly ChecklistItem[];
  readonly findings: number;
  readonly draftNext: FormAction | null;
}

/** What the next charter begins from. Limits are doubled only where every target was met. */
export function Checklist({ limits, findings, draftNext, pilotId }: ChecklistProps) {
  return (
    <Panel title="Next step" fact="limits double only where every target was met" className="mt-4">
      <Table
        label="Limits of the next charter"
        columns={[
          { key: "limit", title: "Limit" },
          { key: "now", title: "Now", number: true },
          { key: "next", title: "Proposed", number: true },
        ]}
      >
        {limits.map(({ field, now, next }) => (
          <tr key={field}>
            <td>{fieldName(field)}</td>
            <td className="n">{now}</td>
            <td className="n">{next}</td>
          </tr>
        ))}
      </Table>
      <div className="p-4 grid gap-3.5">
        <p className="t2 sm">
          Tripwires and every other field are kept. {plural(findings, "open finding")} of this pilot{" "}
          {findings === 1 ? "is" : "are"} named in the draft.
        </p>
        {draftNext ? <DraftForm pilotId={pilotId} draftNext={draftNext} /> : null}
      </div>
    </Panel>
  );
}

function DraftForm({ pilotId, draftNext }: { pilotId: string; draftNext: FormAction }) {
  const form = useForm(draftNext);
  return (
    <form {...form.props} className="grid gap-3.5 justify-items-start">
      <input type="hidden" name="pilotId" value={pilotId} />
      <FormAnswer state={form.state} />
      <Button type="submit" tone="ink" icon={FilePlus} pending={form.pending && "Beginning"}>
        Begin the next charter
      </Button>
    </form>
  );
}
