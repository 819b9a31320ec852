"use client";

import { Check, Minus, RotateCcw, ShieldCheck } from "lucide-react";
import { useState } from "react";
import type { FindingView, SuppressionScope } from "#lib/findings/schema.ts";
import { type Option, SelectField, TextAreaField, TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

export interface FindingDecisions {
  /** Reads `findingId`, `to`, `reason`. */
  readonly move: FormAction;
  /** Reads `findingId`, `scope`, `path`, `reason`, `ownerId`, `days`. */
  readonly dismiss: FormAction;
  /** Who can answer for a dismissal. */
  readonly owners: readonly { readonly id: string; readonly name: string }[];
  /** The reader, where they are one of them. */
  readonly ownerId: string | null;
}

type Asked = "validated" | "mitigated" | "open" | "dismissed";

const WORDS = {
  validated: {
    button: "Validate…",
    icon: Check,
    title: "Is this real?",
    text: "Validated means: somebody looked, and it is what it seems. It then waits to be dealt with.",
    label: "What you saw",
    done: "Validate",
  },
  mitigated: {
    button: "Mark as mitigated…",
    icon: ShieldCheck,
    title: "Has it been dealt with?",
    text: "Say what was changed: a charter, a path, a rule of the sandbox. Should it be seen again, it opens again.",
    label: "What was done",
    done: "Mark as mitigated",
  },
  open: {
    button: "Open again…",
    icon: RotateCcw,
    title: "Open this finding again?",
    text: "It waits again to be looked at. What dismissed it ends, for everything it held.",
    label: "Reason",
    done: "Open again",
  },
  dismissed: {
    button: "Dismiss…",
    icon: Minus,
    title: "Dismiss this finding?",
    text: "For a while, and somebody answers for it. What comes under it later is dismissed as it comes, and says by what.",
    label: "Reason",
    done: "Dismiss",
  },
} as const;

const MAY: Readonly<Record<FindingView["state"], readonly Asked[]>> = {
  open: ["dismissed", "validated"],
  validated: ["open", "mitigated"],
  mitigated: ["open"],
  dismissed: ["open"],
};

export function FindingActions({ finding, ...decisions }: FindingDecisions & { finding: FindingView }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <>
      {MAY[finding.state].map((to, at, all) => (
        <Button
          key={to}
          tone={at === all.length - 1 && to !== "open" ? "ink" : "plain"}
          icon={WORDS[to].icon}
          onClick={() => setAsked(to)}
        >
          {WORDS[to].button}
        </Button>
      ))}
      <Dialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={asked ? WORDS[asked].title : ""}
        text={asked ? WORDS[asked].text : ""}
      >
        {asked ? <Form {...{ finding, asked, ...decisions }} onClose={() => setAsked(null)} /> : null}
      </Dialog>
    </>
  );
}

interface FormProps extends FindingDecisions {
  readonly finding: FindingView;
  readonly asked: Asked;
  readonly onClose: () => void;
}

function Form({ finding, asked, move, dismiss, owners, ownerId, onClose }: FormProps) {
  const form = useForm(asked === "dismissed" ? dismiss : move, onClose);
  const { label, done, icon } = WORDS[asked];
  const { fields } = form.state;
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="findingId" value={finding.id} />
      {asked === "dismissed" ? (
        <Scope {...{ finding, owners, ownerId, fields }} />
      ) : (
        <input type="hidden" name="to" value={asked} />
      )}
      <TextAreaField name="reason" label={label} errors={fields} maxLength={1000} />
      <FormAnswer state={form.state} />
      <footer className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Not yet
        </Button>
        <Button type="submit" size="lg" tone="ink" icon={icon} pending={form.pending && "Saving"}>
          {done}
        </Button>
      </footer>
    </form>
  );
}

function scopesOf({ runId, pilotId, repositoryId, evidence }: FindingView): Option[] {
  const all: readonly (readonly [SuppressionScope, string, boolean])[] = [
    ["finding", "This one", true],
    ["run", "This rule in this run", runId !== null],
    ["path", "This rule at a path of the repository", repositoryId !== null && Boolean(evidence?.path)],
    ["pilot", "This rule in this pilot", pilotId !== null],
  ];
  return all.filter(([, , fits]) => fits).map(([value, title]) => ({ value, title }));
}

function Scope({
  finding,
  owners,
  ownerId,
  fields,
}: Pick<FormProps, "finding" | "owners" | "ownerId"> & {
  fields: Parameters<typeof SelectField>[0]["errors"];
}) {
  const [scope, setScope] = useState("finding");
  return (
    <>
      <SelectField
        name="scope"
        label="What is dismissed"
        options={scopesOf(finding)}
        errors={fields}
        value={scope}
        onChange={(event) => setScope(event.target.value)}
      />
      {scope === "path" ? (
        <TextField
          name="path"
          label="Path"
          mono
          defaultValue={finding.evidence?.path ?? ""}
          hint="and everything below it"
          errors={fields}
        />
      ) : null}
      <TextField
        name="days"
        label="For"
        unit="days"
        inputMode="numeric"
        defaultValue="30"
        hint="90 at most; then it waits again"
        errors={fields}
      />
      <SelectField
        name="ownerId"
        label="Who answers for it"
        options={owners.map(({ id, name }) => ({ value: id, title: name }))}
        defaultValue={ownerId ?? undefined}
        errors={fields}
      />
    </>
  );
}
