import { requirePermission } from "../authz/require.ts";
import { read } from "../db.ts";
import { notFound } from "../errors.ts";
import { pinnedLines } from "../log/export-lines.ts";
import type { Scope } from "../scope.ts";
import { whatWaits } from "./carry-out-closings.ts";
import type { HandedLog } from "./hand-over-log.ts";
import type { ClosingView } from "./schema.ts";
import { findClosing, selectSteps } from "./store.ts";

/** Null where the pilot is not being closed. */
export async function getClosing(scope: Scope, pilotId: string): Promise<ClosingView | null> {
  requirePermission(scope, "pilot.view", pilotId);
  const found = await read(scope, async (db) => ({
    closing: await findClosing(db, pilotId),
    steps: await selectSteps(db, pilotId),
  }));
  if (!found.closing) return null;
  const { begunAt, closedAt, publicKey } = found.closing;
  return {
    ...{ begunAt, closedAt, steps: found.steps },
    publicKey: publicKey && Buffer.from(publicKey).toString("base64"),
    waits: closedAt === null ? await whatWaits(scope, pilotId) : null,
  };
}

/** One DSSE envelope, as it was signed. */
export async function getReceipt(scope: Scope, pilotId: string): Promise<string> {
  requirePermission(scope, "pilot.view", pilotId);
  const closing = await read(scope, (db) => findClosing(db, pilotId));
  if (!closing?.receipt) throw notFound("receipt");
  return closing.receipt;
}

/** The bundle whose digest stands in the receipt, made again from the same checkpoint. */
export async function openHandedLog(scope: Scope, pilotId: string): Promise<AsyncGenerator<Uint8Array>> {
  requirePermission(scope, "log.export", pilotId);
  const step = (await read(scope, (db) => selectSteps(db, pilotId))).find((one) => one.step === "log");
  if (!step) throw notFound("log");
  const { epoch, size, checkpoint: note, redactions } = JSON.parse(step.result) as HandedLog;
  const pin = { pilotId, runId: null, withBlobs: false, redactions, epoch, size, note };
  return inBytes(await pinnedLines(scope, pin, "export"));
}

/** An answer's body takes bytes, and no text. */
async function* inBytes(lines: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const line of lines) yield typeof line === "string" ? Buffer.from(line, "utf8") : line;
}
