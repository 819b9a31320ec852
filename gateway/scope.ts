import { systemClock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { makeScope, type Scope } from "#lib/scope.ts";

/** The gateway acting by itself; one per transaction, which may hold calls of many runs. */
export function gatewayScope(): Scope {
  const requestId = newId("request", systemClock.now());
  return makeScope({ actor: { kind: "system", name: "gateway" }, grants: [], requestId, clock: systemClock });
}
