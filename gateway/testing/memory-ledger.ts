// A ledger in memory, for what has nothing to do with the database: it remembers what was opened and settled, and refuses
// when a test says so.
import { CallRefused } from "#lib/model-calls/refusal.ts";
import type { Admission, Final, Intent, Opening, OutboundPolicy } from "#lib/model-calls/schema.ts";
import type { ProviderKind } from "#lib/providers/schema.ts";
import type { Ledger } from "../ledger.ts";
import { MODEL } from "./streams.ts";

export interface MemoryLedger extends Ledger {
  readonly intents: Intent[];
  readonly finals: Final[];
  /** What happened, in order: `open`, `settle`. */
  readonly steps: string[];
  /** From now on nobody is admitted. */
  end(): void;
  admission: Admission;
  /** Opens nothing any more. */
  refuse(opening: Exclude<Opening, "opened">): void;
  /** Awaited before each transaction. */
  before: (step: "open" | "settle") => Promise<void>;
}

export const ALLOW_ALL: OutboundPolicy = {
  secret: "allow",
  card_number: "allow",
  email: "allow",
  iban: "allow",
  own: "allow",
  ownPatterns: [],
};
export const BLOCK_ALL: OutboundPolicy = {
  secret: "block",
  card_number: "block",
  email: "block",
  iban: "block",
  own: "block",
  ownPatterns: [],
};
export const MASK_ALL: OutboundPolicy = {
  secret: "mask",
  card_number: "mask",
  email: "mask",
  iban: "mask",
  own: "mask",
  ownPatterns: [],
};

export function admissionFor(baseUrl: string, kind: ProviderKind = "openai_compatible"): Admission {
  return {
    ...{ leaseId: "lse_1", runId: "run_1", pilotId: "pil_1", agentId: "agt_1", attempt: 1 },
    charterDigest: "0".repeat(64),
    timeZone: "UTC",
    budgets: { runMicros: 1e9, dayMicros: 1e9, pilotMicros: 1e9 },
    provider: {
      id: "prv_1",
      kind,
      baseUrl,
      settings: {},
      key: { id: "pky_1", sealed: Buffer.from("sealed") },
    },
    model: MODEL,
    price: { id: "prc_1", input: 1e6, cached: 1e5, cacheWrite: 1e6, output: 1e7, reasoning: 1e7 },
    limits: { maxOutputTokens: 4096, concurrentCalls: 256 },
    outbound: ALLOW_ALL,
  };
}

export function memoryLedger(admission: Admission): MemoryLedger {
  let isOver = false;
  let refusal: Exclude<Opening, "opened"> | null = null;
  const ledger: MemoryLedger = {
    intents: [],
    finals: [],
    steps: [],
    admission,
    before: async () => undefined,
    end() {
      isOver = true;
    },
    refuse(opening) {
      refusal = opening;
    },
    async admit() {
      if (isOver) throw new CallRefused("lease_over");
      return ledger.admission;
    },
    async openCalls(intents) {
      await ledger.before("open");
      ledger.steps.push("open");
      return intents.map((intent) => {
        if (refusal) return refusal;
        ledger.intents.push(intent);
        return "opened";
      });
    },
    async settleCalls(finals) {
      await ledger.before("settle");
      ledger.steps.push("settle");
      ledger.finals.push(...finals);
    },
  };
  return ledger;
}
