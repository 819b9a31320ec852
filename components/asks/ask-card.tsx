import type { FormAction } from "../form/state.ts";
import { rolesInWords } from "../review/roles.ts";
import { Code, Visible } from "../ui/visible.tsx";
import { AnswerForm } from "./answer-form.tsx";
import type { ShownAsk } from "./ask-view.ts";
import { AskedBlock } from "./asked-block.tsx";
import { unattendedWords } from "./asked-text.ts";
import { Countdown } from "./countdown.tsx";

interface AskCardProps {
  readonly ask: ShownAsk;
  readonly decide: FormAction;
}

/** An open ask, whole: what would be done, where, why the agent wants it, what made it ask, and the answer. */
export function AskCard({ ask, decide }: AskCardProps) {
  const { gate } = ask;
  return (
    <div className="grid gap-2.5">
      <AskedBlock what={ask.what} text={ask.text} />
      <AskFacts ask={ask} />
      <p className="t2 sm">
        {unattendedWords(ask.unattended)} <Countdown until={ask.until} />
        {gate
          ? `. ${gate.needed === 1 ? "One person decides" : `${gate.needed} people decide`}: ${rolesInWords(gate.roles)}.`
          : "."}
      </p>
      {gate?.status === "open" ? <AnswerForm gate={gate} decide={decide} /> : null}
    </div>
  );
}

/** The agent's own words are marked as such: nothing checked them. */
export function AskFacts({ ask }: { ask: Pick<ShownAsk, "cwd" | "rule" | "reason"> }) {
  return (
    <dl className="kv">
      <div>
        <dt>In</dt>
        <dd>
          <Code text={ask.cwd} />
        </dd>
      </div>
      {ask.rule === "" ? null : (
        <div>
          <dt>Asked because</dt>
          <dd>
            <Visible text={ask.rule} />
          </dd>
        </div>
      )}
      <div>
        <dt>The agent says</dt>
        <dd>
          {ask.reason === "" ? (
            <span className="t3">nothing</span>
          ) : (
            <>
              “<Visible text={ask.reason} mode="block" />” <span className="t3">its word, not checked</span>
            </>
          )}
        </dd>
      </div>
    </dl>
  );
}
