// What an agent asks for, for whoever decides it away from the run's page.
import { settledWords, subjectWords, unattendedWords } from "#components/asks/asked-text.ts";
import type { GateDetailProps } from "#components/inbox/gate-detail.tsx";
import { findAskOfGate } from "#lib/asks/service.ts";
import type { GateView } from "#lib/gates/schema.ts";
import { getCharter } from "#lib/pilots/service.ts";
import { getRun } from "#lib/runs/service.ts";
import type { Scope } from "#lib/scope.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { shownAsk } from "../runs/[id]/shown-ask.ts";

export async function describeCommand(
  scope: Scope,
  gate: GateView,
): Promise<Omit<GateDetailProps, "decide" | "back">> {
  const runId = gate.runId ?? "";
  const run = await getRun(scope, runId);
  const [found, { charter }] = await Promise.all([
    findAskOfGate(scope, gate.id),
    getCharter(scope, run.charterId),
  ]);
  const asked = found ? await maskValue(shownAsk(found, gate, charter)) : null;
  return {
    gate: asked ? gate : { ...gate, cannotApprove: "Nobody allows what cannot be shown." },
    ...{ facts: [], asked, digest: gate.digest, digestName: "Decision document" },
    text: asked ? sentenceOf(asked) : "What was asked is not kept any more.",
    more: { title: "Open the run", href: `/runs/${runId}` },
    approveWord: "Allow",
  };
}

function sentenceOf({ what, settled, parked, unattended }: ReturnType<typeof shownAsk>): string {
  const asks = `The agent asks to ${subjectWords(what)}.`;
  if (settled) return `${asks} ${settledWords(settled.decision, settled.by, settled.name)}.`;
  return `${asks} ${parked ? "The run is parked until somebody decides." : unattendedWords(unattended)}`;
}
