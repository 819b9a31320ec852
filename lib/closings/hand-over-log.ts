// The pilot's log as it is handed over: an export, pinned to a checkpoint that is over the steps before.
import { createHash } from "node:crypto";
import { read } from "../db.ts";
import { pinnedLines } from "../log/export-lines.ts";
import { choosePin } from "../log/pin/choose-pin.ts";
import type { Scope } from "../scope.ts";
import { isUnderCheckpoint } from "./log-store.ts";

export interface HandedLog {
  readonly epoch: number;
  readonly size: number;
  readonly checkpoint: string;
  /** Of the bundle without payloads, as a verifier reads it. */
  readonly sha256: string;
  readonly bytes: number;
  readonly redactions: number;
  readonly command: string;
}

export const VERIFY_COMMAND = "pilothouse-verify BUNDLE.jsonl --policy POLICY";

/** Null until a checkpoint is over everything that was written of closing the pilot. */
export async function handOverLog(scope: Scope, pilotId: string): Promise<HandedLog | null> {
  if (!(await read(scope, (db) => isUnderCheckpoint(db, pilotId)))) return null;
  const wanted = { pilotId, runId: null, withBlobs: false, epoch: null };
  const { checkpoint, redactions } = await choosePin(scope, wanted);
  const { epoch, size, note } = checkpoint;
  const pin = { pilotId, runId: null, withBlobs: false, redactions, epoch, size, note };
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const line of await pinnedLines(scope, pin, "export")) {
    hash.update(line);
    bytes += Buffer.byteLength(line);
  }
  return {
    ...{ epoch, size, checkpoint: note },
    ...{ sha256: hash.digest("hex"), bytes, redactions, command: VERIFY_COMMAND },
  };
}
