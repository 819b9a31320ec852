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

/** What a run may cost, said before it is launched. */
export interface Forecast {
  /** Null for an agent without a model, which costs nothing. */
  readonly model: string | null;
  /** The least of what a run may cost, and what is left of day and pilot. 0: no call of a model will be let through. */
  readonly atMostMicros: number;
  readonly day: BudgetState;
  readonly pilot: BudgetState;
  readonly runLimitMicros: number;
  /** False where nobody has set what the model costs: then no call is let through. */
  readonly hasPrice: boolean;
  /** What the agent's last runs in this pilot cost; null before the first. */
  readonly past: { readonly runs: number; readonly medianMicros: number; readonly mostMicros: number } | null;
}
