// Service accounts: what programs act as when they are nobody's in particular. Nobody is one: without a password, without a
// way in, without a decision at a gate; a named person answers for each.
import { may, requirePermission } from "../authz/require.ts";
import { read, transaction } from "../db.ts";
import { conflict, notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { changeOf, made } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import {
  type AccountRow,
  insertAccount,
  keepPastOwner,
  lockAccount,
  selectAccounts,
  selectOwners,
  updateOwner,
} from "./account-store.ts";
import type { AccountView, ChangeOwner, MakeAccount } from "./schema.ts";
import { revokeTokensFor } from "./service.ts";

/** Made by administrators. It may do nothing before it is given a role. */
export async function makeAccount(scope: Scope, { name, ownerId }: MakeAccount): Promise<string> {
  requirePermission(scope, "account.make", null);
  const now = scope.clock.now();
  const id = newId("person", now);
  await transaction(scope, async (tx) => {
    requireHere(await lockAccount(tx.db, ownerId));
    await insertAccount(tx.db, { id, name, ownerId, createdAt: new Date(now) });
    tx.record({
      kind: "person.service_made",
      about: [`person:${id}`, `person:${ownerId}`],
      ...made({ person: id, roles: [], owner: ownerId }),
      detail: { account: id, owner: ownerId },
    });
  });
  return id;
}

/**
 * Somebody else answers for it. Its tokens end: whoever answered for it before may hold them still. Both are told, and what the
 * account did until now stays with whoever answered for it then.
 */
export async function changeOwner(scope: Scope, { accountId, ownerId }: ChangeOwner): Promise<void> {
  requirePermission(scope, "account.make", null);
  await transaction(scope, async (tx) => {
    // In one order, whoever is deactivated meanwhile.
    for (const id of [accountId, ownerId].sort()) await lockAccount(tx.db, id);
    const account = await lockAccount(tx.db, accountId);
    if (account?.kind !== "service" || account.ownerId === null) throw notFound("service account");
    const { ownerId: from } = account;
    if (from === ownerId) throw conflict("This person answers for it already.");
    requireHere(await lockAccount(tx.db, ownerId));
    await keepPastOwner(tx.db, accountId, from, new Date(scope.clock.now()));
    await updateOwner(tx.db, accountId, ownerId);
    await revokeTokensFor(tx, scope, accountId, "owner_changed");
    tx.record({
      kind: "person.service_owner_changed",
      about: [`person:${accountId}`, `person:${from}`, `person:${ownerId}`],
      ...changeOf({ person: accountId, owner: from }, { person: accountId, owner: ownerId }),
      detail: { account: accountId, from, owner: ownerId },
    });
  });
}

function requireHere(owner: AccountRow | null): void {
  if (owner?.kind === "person" && owner.disabledAt === null) return;
  const sentence = "Choose a person who is here: somebody has to answer for it.";
  throw refused(sentence, { ownerId: [sentence] });
}

/** All of them to who makes them or manages tokens; else those the person answers for. */
export async function listAccounts(scope: Scope): Promise<AccountView[]> {
  const all = may(scope, "account.make", null) || may(scope, "token.manage", null);
  return read(scope, (db) => selectAccounts(db, all ? null : actorId(scope.actor)));
}

/** Who may answer for an account. */
export async function listOwners(scope: Scope): Promise<{ id: string; name: string }[]> {
  requirePermission(scope, "account.make", null);
  return read(scope, selectOwners);
}
