import type { FormAction } from "../form/state.ts";
import { rolesInWords } from "../review/roles.ts";
import { AnswerForm } from "./answer-form.tsx";
import { AskFacts } from "./ask-facts.tsx";
import type { ShownAsk } from "./ask-view.ts";
import { AskedBlock } from "./asked-block.tsx";
import { unattendedWords } from "./asked-text.ts";

interface AskCardProps {
  readonly ask: ShownAsk;
  readonly decide: FormAction;
}

/** An open ask, whole: what would be done, where, why the agent wants it, what made it ask, and the answer. */
export function AskCard({ ask, decide }: AskCardProps) {
  const { gate } = ask;
  return (
    <div className="grid gap-2.5">
      <AskedBlock what={ask.what} text={ask.text} place={`of ask ${ask.ask} in attempt ${ask.attempt}`} />
      <AskFacts ask={ask} />
      <p className="t2 sm">
        {ask.parked ? "The run is parked until somebody decides." : unattendedWords(ask.unattended)}
        {gate
          ? ` ${gate.needed === 1 ? "One person decides" : `${gate.needed} people decide`}: ${rolesInWords(gate.roles)}.`
          : ""}
      </p>
      {gate?.status === "open" ? <AnswerForm gate={gate} decide={decide} /> : null}
    </div>
  );
}
