// What is spent and held back of the three caps of a charter.
import type { BudgetName, Budgets } from "../model-calls/schema.ts";

/** Which row counts: `day` is empty but for the cap of a day. */
export interface BudgetKey {
  readonly kind: BudgetName;
  /** Run or pilot. */
  readonly subject: string;
  readonly day: string;
}

export interface BudgetUse {
  readonly reservedMicros: number;
  readonly spentMicros: number;
}

/** What one call wants to hold back, and of which caps. */
export interface Claim {
  readonly runId: string;
  readonly pilotId: string;
  readonly day: string;
  readonly micros: number;
  readonly budgets: Budgets;
}

/** What there is of one cap. */
export interface BudgetState extends BudgetUse {
  readonly name: BudgetName;
  readonly limitMicros: number;
}
