// The receipt of a closed pilot, as an in-toto statement whose subjects are what each step came to. Pure.
import { STATEMENT } from "../attestations/statements.ts";
import { canonicalText } from "../record/rules.ts";
import type { StepRow } from "./schema.ts";

/** Our own; its members are described in docs/verification.md. */
export const RECEIPT = "urn:pilothouse:receipt:pilot-closed:v1";

export interface Closed {
  readonly pilotId: string;
  readonly begunAt: Date;
  readonly closedAt: Date;
  readonly charter: string | null;
  readonly steps: readonly StepRow[];
}

/** Canonical JSON. */
export function receiptOf({ pilotId, begunAt, closedAt, charter, steps }: Closed): string {
  return canonicalText({
    _type: STATEMENT,
    subject: steps.map(({ step, digest }) => ({ name: step, digest: { sha256: digest } })),
    predicateType: RECEIPT,
    predicate: {
      ...{ pilot: pilotId, begunAt: begunAt.toISOString(), closedAt: closedAt.toISOString(), charter },
      steps: steps.map(({ step, result, doneAt }) => ({
        ...{ step, doneAt: doneAt.toISOString(), result: JSON.parse(result) as unknown },
      })),
    },
  });
}
