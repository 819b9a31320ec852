import { systemClock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { makeScope, type Scope } from "#lib/scope.ts";

/** The worker acting by itself, or in the name of a rule such as retention; one scope per job or tick, so that its entries share a request id. */
export function workerScope(name = "worker"): Scope {
  const requestId = newId("request", systemClock.now());
  return makeScope({ actor: { kind: "system", name }, grants: [], requestId, clock: systemClock });
}
