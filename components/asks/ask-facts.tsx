import { Code, Visible } from "../ui/visible.tsx";
import type { ShownAsk } from "./ask-view.ts";

export type AskFactsProps = Pick<ShownAsk, "cwd" | "rule" | "reason">;

/** The agent's own words are marked as such: nothing checked them. */
export function AskFacts({ ask: { cwd, rule, reason } }: { ask: AskFactsProps }) {
  return (
    <dl className="kv">
      <div>
        <dt>In</dt>
        <dd>
          <Code text={cwd} />
        </dd>
      </div>
      {rule === "" ? null : (
        <div>
          <dt>Asked because</dt>
          <dd>
            <Visible text={rule} />
          </dd>
        </div>
      )}
      <div>
        <dt>The agent says</dt>
        <dd>
          {reason === "" ? (
            <span className="t3">nothing</span>
          ) : (
            <>
              “<Visible text={reason} mode="block" />” <span className="t3">its word, not checked</span>
            </>
          )}
        </dd>
      </div>
    </dl>
  );
}
