// What a run hands in beside its patch, at the end of the agent's part: taken out of the sandbox, handed to the control plane one by
// one, and told. That one cannot be handed in keeps the patch from nothing.
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError, type ErrorCode } from "#lib/errors.ts";
import { visibleText } from "#lib/text/rules.ts";
import type { DriverContext } from "../port.ts";
import type { Step } from "../steps.ts";
import type { AgentSession, Collected } from "./port.ts";

/** The control plane is there and says no, or knows no artefacts. */
const NOT_TAKEN: readonly ErrorCode[] = ["refused", "too_large", "bad_input", "not_found"];

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
    const taken = await handIn(context, collected);
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

/** How many the control plane has now. */
async function handIn({ workspace, model, emit }: DriverContext, { files }: Collected): Promise<number> {
  let taken = 0;
  for (const [at, { path: name, bytes }] of files.entries()) {
    const file = path.join(workspace.scratch, `artefact-${at}`);
    await writeFile(file, bytes, { mode: 0o600 });
    try {
      const artefact = (await model?.handInArtefact(file, name)) ?? "";
      await emit({ kind: "artefact_handed_in", body: { artefact, path: name, bytes: bytes.length } });
      taken += 1;
    } catch (error) {
      if (!(error instanceof AppError && NOT_TAKEN.includes(error.code))) throw error;
      const text = `The artefact ${visibleText(name, "line")} was not taken: ${visibleText(error.message)}`;
      await emit({ kind: "note", body: { text: text.slice(0, 1000).toWellFormed() } });
    } finally {
      await rm(file, { force: true });
    }
  }
  return taken;
}
