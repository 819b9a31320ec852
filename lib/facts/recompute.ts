// Facts follow from rows and can be computed again at any time. Where one differs, somebody wrote past the database's own
// triggers, or a rule of a new version counts otherwise.
import { createHash } from "node:crypto";
import { read, transaction } from "../db.ts";
import type { Scope } from "../scope.ts";
import type { FactDifference } from "./schema.ts";
import { mendAll, selectDifferences } from "./store.ts";

/** By kind and id; changes nothing. */
export const compareFacts = (scope: Scope): Promise<FactDifference[]> => read(scope, selectDifferences);

/** Makes every fact what its rows say, and writes down what was not. Returns that. */
export async function mendFacts(scope: Scope): Promise<FactDifference[]> {
  return transaction(scope, async (tx) => {
    const mended = await mendAll(tx.db);
    const of = (fact: FactDifference["fact"]) => mended.filter((each) => each.fact === fact).length;
    if (mended.length > 0)
      tx.record({
        kind: "facts.mended",
        about: ["facts:all"],
        detail: {
          ...{ runs: of("run"), gates: of("gate"), merges: of("merge"), patches: of("patch") },
          ...{ findings: of("finding"), which_sha256: digestOf(mended) },
        },
      });
    return mended;
  });
}

/** Of the lines that were told to whoever mended them. */
const digestOf = (mended: readonly FactDifference[]): string =>
  createHash("sha256").update(linesOf(mended).join("\n")).digest("hex");

/** "merge mrg_… differs" */
export const linesOf = (differences: readonly FactDifference[]): string[] =>
  differences.map(({ fact, id, what }) => `${fact} ${id} ${what.replace("_", " ")}`);
