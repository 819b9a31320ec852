import type { TestCase } from "#lib/test-reports/report.ts";
import { signatureOf } from "./signature.ts";

/** Failing tests with one signature. `number` is what events call it. */
export interface Cluster {
  readonly number: number;
  readonly signature: string;
  readonly tests: readonly string[];
}

/** Clusters in the order their first test came, numbered from `first`. */
export function cluster(cases: readonly TestCase[], first: number): Cluster[] {
  const groups = new Map<string, string[]>();
  for (const { id, failure } of cases) {
    const signature = signatureOf(id, failure);
    groups.set(signature, [...(groups.get(signature) ?? []), id]);
  }
  return [...groups].map(([signature, tests], index) => ({ number: first + index, signature, tests }));
}
