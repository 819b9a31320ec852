// Who acts and where: the operator of this host, in the notary's own folder.

import { systemClock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { makeScope, type Scope } from "#lib/scope.ts";
import type { GivenKey } from "#notary/keys.ts";

export interface Operator {
  readonly scope: Scope;
  /** PILOTHOUSE_NOTARY and PILOTHOUSE_LOG. */
  readonly folders: { readonly own: string; readonly log: string };
  readonly given: GivenKey;
}

export function operatorAt(folders: Operator["folders"], given: GivenKey): Operator {
  const requestId = newId("request", systemClock.now());
  const actor = { kind: "system", name: "operator" } as const;
  return { scope: makeScope({ actor, grants: [], requestId, clock: systemClock }), folders, given };
}
