// Who can do what, and why: from live grants alone, in the words the matrix shows.
import { PERMISSIONS, type Permission } from "../authz/schema.ts";
import type { HeldGrant } from "../people/schema.ts";

export interface Explained {
  readonly permission: Permission;
  /** Every grant that gives it there; empty: they may not. */
  readonly by: readonly HeldGrant[];
}

/** With a pilot: what covers it. Without: what covers the organisation. The same question `may` answers. */
export function explain(held: readonly HeldGrant[], pilotId: string | null): Explained[] {
  const covering = held.filter((grant) => grant.pilotId === null || grant.pilotId === pilotId);
  return (Object.keys(PERMISSIONS) as Permission[]).map((permission) => ({
    permission,
    by: covering.filter((grant) => grant.permissions.includes(permission)),
  }));
}
