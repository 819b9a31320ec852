import { maySee } from "../authz/require.ts";
import { read } from "../db.ts";
import { notFound } from "../errors.ts";
import { findActiveCharter, findLatestVersion, findOpenAmendment } from "../pilots/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { differences, isLoosening } from "./difference.ts";
import { amendRule } from "./rules.ts";
import type { AmendmentView } from "./schema.ts";

/** The newest version that was written after the one in force and says something else; null where there is none. */
export async function findProposal(scope: Scope, pilotId: string): Promise<AmendmentView | null> {
  if (!maySee(scope, pilotId)) throw notFound("pilot");
  return read(scope, async (db) => {
    const inForce = await findActiveCharter(db, pilotId);
    const latest = await findLatestVersion(db, pilotId);
    if (!inForce || !latest || latest.version <= inForce.version) return null;
    const changes = differences(inForce.charter, latest.charter);
    if (changes.length === 0) return null;
    const loosens = isLoosening(changes);
    const asker = { personId: actorId(scope.actor), grants: scope.grants };
    const { needed, roles } = amendRule(inForce.charter, loosens, asker, pilotId);
    const open = await findOpenAmendment(db, pilotId);
    return {
      ...{ charterId: latest.id, version: latest.version, changes, loosens, needed, roles },
      openGate: open?.charterId === latest.id ? open.gateId : null,
    };
  });
}
