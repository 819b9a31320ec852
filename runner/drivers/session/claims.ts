// An agent's last message as the summary of its work: each statement with the commands it rests on, and in our words what the
// agent may not say of its tests. The control plane asks its own events before it believes any of it (lib/claims).
import { bearingOf, type Deeds, isTestRun, statementsOf, type Testing } from "#lib/claims/rules.ts";
import type { Claim, Summary } from "#lib/protocol/schema.ts";

const TEXT = 10_000;
const CLAIM = 1000;

/** About its tests, in our words, because it may not say it. */
function testClaim({ ran, lastEdit }: Deeds, plan: Testing): Claim {
  const last = ran.findLast(({ text }) => isTestRun(text, plan));
  if (last === undefined) return { text: "The agent ran no tests that are known as such.", commands: [] };
  const how = last.exit === null ? "was ended before its end" : `ended with exit ${last.exit}`;
  if (last.item <= lastEdit)
    return {
      text: `The agent's last test run is older than its last edit: what is proposed was not tested by it. The run ${how}.`,
      commands: [],
    };
  return {
    text: `The agent's last test run is newer than its last edit; it ${how}.`,
    commands: [last.command],
  };
}

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
    claims: [testClaim(deeds, plan), ...said],
    repaired: [],
    givenUp: [],
    flaky: [],
  };
}
