"use client";

import { Gavel } from "lucide-react";
import { useState } from "react";
import type { AmendmentView } from "#lib/charters/schema.ts";
import type { ReplayView } from "#lib/replay/schema.ts";
import { RadioCards } from "../form/choice.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { plural } from "../format.ts";
import { rolesInWords } from "../review/roles.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Panel } from "../ui/panel.tsx";
import { Differences } from "./differences.tsx";
import { Replayed } from "./replayed.tsx";

export interface ProposalProps {
  readonly pilotId: string;
  readonly proposal: AmendmentView;
  readonly replay: ReplayView | null;
  /** Null for a person who may not ask. */
  readonly ask: FormAction | null;
}

const WHY = {
  looser:
    "It loosens the charter, so it takes as many people as a merge, and a security lead among those who want it.",
  tighter: "It only tightens the charter, so one more lead is enough.",
} as const;

/** A version that was written and is not in force: what it would change, and the way to its gate. */
export function Proposal({ pilotId, proposal, replay, ask }: ProposalProps) {
  const [isAsking, setAsking] = useState(false);
  const { version, changes, loosens, needed, roles, openGate } = proposal;
  const people = needed === 1 ? "one person" : `${needed} people`;
  return (
    <Panel
      title={`Version ${version} would change`}
      fact={plural(changes.length, "field")}
      className="mt-4"
      actions={
        openGate ? (
          <ButtonLink href={`/inbox?show=team&gate=${openGate}`}>It waits in the inbox</ButtonLink>
        ) : ask ? (
          <Button tone="ink" icon={Gavel} onClick={() => setAsking(true)}>
            Ask for it…
          </Button>
        ) : null
      }
    >
      <Differences changes={changes} />
      {replay ? <Replayed view={replay} /> : null}
      <p className="t3 sm pb">
        {loosens ? WHY.looser : WHY.tighter} Needed besides whoever asks: {people}, {rolesInWords(roles)}.
      </p>
      <Dialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={`Ask for version ${version}?`}
        text="It goes to the inbox. Until it is agreed to, the charter in force stays."
      >
        {ask && isAsking ? (
          <AskForm
            ask={ask}
            pilotId={pilotId}
            charterId={proposal.charterId}
            onClose={() => setAsking(false)}
          />
        ) : null}
      </Dialog>
    </Panel>
  );
}

interface AskFormProps {
  readonly ask: FormAction;
  readonly pilotId: string;
  readonly charterId: string;
  readonly onClose: () => void;
}

function AskForm({ ask, pilotId, charterId, onClose }: AskFormProps) {
  const form = useForm(ask, onClose);
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="pilotId" value={pilotId} />
      <input type="hidden" name="charterId" value={charterId} />
      <RadioCards
        name="runs"
        label="Runs that are under way"
        defaultValue="keep"
        errors={form.state.fields}
        choices={[
          {
            value: "keep",
            title: "Runs keep theirs",
            text: "Those under way end under the version they began with, and so do their budgets and how many run at once.",
          },
          {
            value: "stop",
            title: "Runs end",
            text: "Those under way are cancelled when the new version comes into force; a merge that has begun goes on.",
          },
        ]}
      />
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Leave it
        </Button>
        <Button type="submit" size="lg" tone="ink" pending={form.pending && "Asking"}>
          Ask for it
        </Button>
      </div>
    </form>
  );
}
