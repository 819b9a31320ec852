// One entry in one transaction, offered at a fixed rate whatever becomes of the ones before.
import { createHash } from "node:crypto";
import { steadyClock } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import type { Scope } from "#lib/scope.ts";
import { spreadOf } from "../stats.ts";
import { atMost, type Figure } from "./figures.ts";
import { type Offer, offerLoad } from "./open-loop.ts";

const NOTHING = createHash("sha256").digest("hex");

export const appendOne = (scope: Scope, results: number): Promise<void> =>
  transaction(scope, async (tx) =>
    tx.record({
      kind: "log.searched",
      about: ["log:bench"],
      detail: { query_sha256: NOTHING, filters_sha256: NOTHING, results },
    }),
  );

export async function measureAcknowledgement(scope: Scope, of: string, offer: Offer): Promise<Figure[]> {
  const { samples, failures } = await offerLoad((index) => appendOne(scope, index), offer, steadyClock);
  // A refused entry was never acknowledged, however long one waits.
  const { p50, p99 } = spreadOf([...samples, ...failures.map(() => Number.POSITIVE_INFINITY)]);
  const name = (what: string) => `One entry, ${offer.rate}/s offered, ${what}, ${of}`;
  return [
    { name: name("p50"), unit: "ms", ours: p50, floor: null, goal: null },
    { name: name("p99"), unit: "ms", ours: p99, floor: null, goal: atMost(50, "ours") },
    { name: name("most"), unit: "ms", ours: Math.max(...samples), floor: null, goal: null },
  ];
}
