// What a run hands in beside its patch, at the end of the agent's part: taken out of the sandbox, handed to the control plane one by
// one, and told. That one cannot be handed in keeps the patch from nothing.
import { AppError } from "#lib/errors.ts";
import { visibleText } from "#lib/text/rules.ts";
import { handInFiles } from "../hand-in-files.ts";
import type { DriverContext } from "../port.ts";
import type { Step } from "../steps.ts";
import type { AgentSession, Collected } from "./port.ts";

export async function handInArtefacts(
  context: DriverContext,
  step: Step,
  session: AgentSession,
): Promise<void> {
  const { assignment, emit } = context;
  const plan = assignment.artefacts;
  if (!plan) return;
  const work = async () => {
    const collected = await collect(session, plan);
    if (typeof collected === "string") return { problem: collected, taken: 0, left: 0 };
    for (const { path: name, fault, times } of collected.refused)
      await emit({ kind: "artefact_refused", body: { path: name, fault, times } });
    const taken = await handInFiles(context, collected.files);
    return { problem: null, taken, left: collected.refused.length + collected.files.length - taken };
  };
  await step("Hand in the artefacts", work, ({ problem, taken, left }) =>
    problem === null
      ? { detail: `${taken} handed in, ${left} left` }
      : { outcome: "failed", detail: problem },
  );
}

/** A sentence where there is nothing to trust. */
async function collect(
  session: AgentSession,
  plan: Parameters<AgentSession["artefacts"]>[0],
): Promise<Collected | string> {
  try {
    return await session.artefacts(plan);
  } catch (error) {
    if (error instanceof AppError && error.code === "refused")
      return visibleText(error.message).slice(0, 1000);
    throw error;
  }
}
