// An agent's last message as the summary of its work: each statement with the commands it rests on, and in our words what the
// agent may not say of its tests. The control plane asks its own events before it believes any of it (lib/claims).
import { bearingOf, type Deeds, statementsOf, type Testing, testStatement } from "#lib/claims/rules.ts";
import type { Claim, Summary } from "#lib/protocol/schema.ts";

const TEXT = 10_000;
const CLAIM = 1000;

export function summarise(message: string, deeds: Deeds, plan: Testing): Summary {
  const said = statementsOf(message).map(
    (text): Claim => ({
      text: text.slice(0, CLAIM).toWellFormed(),
      commands: bearingOf(text, deeds, plan).rests.slice(0, 50),
    }),
  );
  const text = message.trim() === "" ? "The agent said nothing about what it did." : message.trim();
  return {
    text: text.slice(0, TEXT).toWellFormed(),
    claims: [testStatement(deeds, plan), ...said],
    repaired: [],
    givenUp: [],
    flaky: [],
  };
}
