// What a gateway left open when it went down. Nobody knows what came of it: it is charged all it held back.
import { HOUR } from "../clock.ts";
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import type { Final } from "./schema.ts";
import { settleOpen } from "./settle-calls.ts";
import { type OpenCall, selectAbandoned, selectCalls } from "./store.ts";

/** Longer than a call may take, and than a gateway holds on to its end while the database is away. */
const ABANDONED_AFTER = 6 * HOUR;
const AT_ONCE = 100;

/**
 * Now and then, by every gateway: what gateways left open that are gone, and where one is named all that it has open.
 * Returns how many there were.
 */
export async function recoverCalls(scope: Scope, gateway = ""): Promise<number> {
  const before = new Date(scope.clock.now() - ABANDONED_AFTER);
  for (let count = 0; ; ) {
    const calls = await read(scope, async (db) =>
      selectCalls(db, await selectAbandoned(db, gateway, before, AT_ONCE)),
    );
    if (calls.size === 0) return count;
    const now = scope.clock.now();
    const endings = [...calls.values()].map((call) => ({
      ...{ call, final: unknownEnd(call, now), hasResponse: false },
    }));
    // Where one was settled meanwhile, those that are still open are looked for again.
    if (await settleOpen(scope, endings)) count += endings.length;
  }
}

const unknownEnd = ({ id, runId, attempt }: OpenCall, now: number): Final => ({
  ...{ callId: id, runId, attempt, outcome: "unknown", at: now, status: null },
  ...{
    firstByteAt: null,
    firstTokenAt: null,
    wasSent: true,
    returnedModel: null,
    usage: null,
    seen: { outputTokens: 0, outputBytes: 0 },
  },
  ...{ flags: ["gateway_lost"], response: Buffer.alloc(0), chunks: [], retries: 0 },
});
