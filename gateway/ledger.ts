// What the gateway needs of the ledger: who may call; an intent that is durable before a byte leaves; a final record
// that is durable before the answer ends. lib/model-calls is the one behind it; tests hold another in their hands.
import type { Admission, Final, Intent, Opening } from "#lib/model-calls/schema.ts";

export interface Ledger {
  /** Who calls with a token, and what they may use. Throws AppError where nobody may. */
  admit(tokenSha256: string, runnerId: string): Promise<Admission>;
  /** One transaction for all of them. */
  openCalls(intents: readonly Intent[]): Promise<readonly Opening[]>;
  /** One transaction for all of them. */
  settleCalls(finals: readonly Final[]): Promise<void>;
}
