// Closing a pilot, step by step, and the receipt of it.
import { z } from "zod";

/** In the order in which they are done. */
export const CLOSING_STEPS = ["runs", "tokens", "ledger", "mirrors", "log", "receipt"] as const;
export const ClosingStep = z.enum(CLOSING_STEPS);
export type ClosingStep = z.infer<typeof ClosingStep>;

export interface StepRow {
  readonly step: ClosingStep;
  readonly result: string;
  readonly digest: string;
  readonly milliseconds: number;
  readonly doneAt: Date;
}

export interface ClosingView {
  readonly begunAt: Date;
  readonly closedAt: Date | null;
  readonly steps: readonly StepRow[];
  /** Base64, as the verifier takes it; null while nothing was signed. */
  readonly publicKey: string | null;
  /** What the next step waits for; null where it waits for nothing but its turn. */
  readonly waits: string | null;
}
