// What an ask is committed to, and what entries say was replaced when one is opened or settled.
import { canonicalText } from "../record/rules.ts";
import { runState } from "../runs/rules.ts";

/** Everything a person is shown, in RFC 8785 text: salted, it is what the gate's document and the entry hold. */
export const askText = (ask: {
  readonly attempt: number;
  readonly number: number;
  readonly what: string;
  readonly title: string;
  readonly text: string;
  readonly cwd: string;
  readonly reason: string;
}): string => {
  const { attempt, number, what, title, text, cwd, reason } = ask;
  return canonicalText({ attempt, number, what, title, text, cwd, reason });
};

/** `open`: how many asks of the run wait for a decision. */
export const askingState = (run: Parameters<typeof runState>[0], open: number) => ({
  ...runState(run),
  asks: open,
});
