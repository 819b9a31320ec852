import { requirePermission } from "../authz/require.ts";
import { type Db, read } from "../db.ts";
import { namesOf } from "../people/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { credentialDigest, digestOf } from "./enrol-passkey.ts";
import { ALGORITHMS, whyNoPasskeys } from "./rules.ts";
import type { PasskeyView } from "./schema.ts";
import { publicAddress } from "./settings.ts";
import { type PasskeyRow, selectLastUses, selectPasskeys } from "./store.ts";

async function viewsOf(db: Db, scope: Scope, rows: readonly PasskeyRow[]): Promise<PasskeyView[]> {
  const names = await namesOf(
    scope,
    rows.flatMap(({ personId, confirmedBy }) => [personId, ...(confirmedBy === null ? [] : [confirmedBy])]),
  );
  const uses = await selectLastUses(
    db,
    rows.map(({ id }) => id),
  );
  const { hostname } = publicAddress();
  return rows.map((row) => ({
    ...{ id: row.id, personId: row.personId, name: row.name, createdAt: row.createdAt },
    personName: names.get(row.personId) ?? row.personId,
    credential: credentialDigest(row.credentialId),
    key: digestOf(row.publicKey),
    algorithm: ALGORITHMS[row.algorithm] ?? String(row.algorithm),
    lastUsedAt: uses.get(row.id) ?? null,
    confirmedByName: row.confirmedBy === null ? null : (names.get(row.confirmedBy) ?? row.confirmedBy),
    confirmedAt: row.confirmedAt,
    isUsable: row.rpId === hostname,
  }));
}

/** The person's own, oldest first. */
export async function listOwnPasskeys(scope: Scope): Promise<PasskeyView[]> {
  return read(scope, async (db) => viewsOf(db, scope, await selectPasskeys(db, actorId(scope.actor))));
}

/** Everybody's but one's own; those that wait to be confirmed first. */
export async function listOthersPasskeys(scope: Scope): Promise<PasskeyView[]> {
  requirePermission(scope, "passkey.confirm", null);
  const me = actorId(scope.actor);
  const views = await read(scope, async (db) =>
    viewsOf(
      db,
      scope,
      (await selectPasskeys(db, null)).filter(({ personId }) => personId !== me),
    ),
  );
  const waits = ({ confirmedAt }: PasskeyView) => (confirmedAt === null ? 0 : 1);
  return views.sort((a, b) => waits(a) - waits(b));
}

/** The address people open, and why browsers keep no passkeys for it; null where they do. */
export function passkeyAddress(): { readonly origin: string; readonly problem: string | null } {
  const url = publicAddress();
  return { origin: url.origin, problem: whyNoPasskeys(url) };
}
