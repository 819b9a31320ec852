import type { Db } from "../db.ts";
import { clearEvidence } from "./store.ts";

/**
 * Takes away what was kept of what was seen in a run, with the salts and with what a short text could be guessed by; the
 * findings, their commitments and what people decided stay. Gives the findings: the caller's entry is about them.
 */
export async function takeEvidence(db: Db, runId: string): Promise<readonly string[]> {
  return clearEvidence(db, runId);
}
