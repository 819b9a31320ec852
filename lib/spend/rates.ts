// What people say a fix took before, and what an hour costs: each with its source, and none ever changed.
import { createHash } from "node:crypto";
import { requirePermission } from "../authz/require.ts";
import { transaction } from "../db.ts";
import { newId } from "../ids.ts";
import { charterInForce, lockedPilot } from "../pilots/service.ts";
import { actorId, type Scope } from "../scope.ts";
import type { RateView } from "./schema.ts";
import { insertRate } from "./store.ts";
import type { SetFix, SetHour } from "./written.ts";

type Said = Pick<RateView, "what" | "kind" | "low" | "high" | "fromDay" | "source"> & {
  readonly pilotId: string;
};

async function say(scope: Scope, said: Said): Promise<void> {
  const { pilotId, what, low, high, source } = said;
  requirePermission(scope, "price.set", pilotId);
  await transaction(scope, async (tx) => {
    await lockedPilot(tx, pilotId);
    const now = scope.clock.now();
    const id = newId("rate", now);
    await insertRate(tx.db, { ...said, id, setBy: actorId(scope.actor), setAt: new Date(now) });
    tx.record({
      kind: "pilot.rate_set",
      about: [`pilot:${pilotId}`],
      charter: await charterInForce(tx.db, pilotId),
      detail: {
        ...{ rate: id, what, low, high },
        source_sha256: createHash("sha256").update(source, "utf8").digest("hex"),
      },
    });
  });
}

/** What a fix of a kind of run took people before. */
export const setFix = (scope: Scope, input: SetFix): Promise<void> => say(scope, { ...input, what: "fix" });

/** What an hour of a runner, or of a person, costs. */
export const setHour = (scope: Scope, { price, ...input }: SetHour): Promise<void> =>
  say(scope, { ...input, kind: "", low: price, high: price });
