// Tokens that programs act with, for a person or a service account: shown once, kept as their hash, ended by themselves.
import { randomBytes } from "node:crypto";
import { may } from "../authz/require.ts";
import { can, PermissionDenied } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import { DAY } from "../clock.ts";
import { read, type Tx, transaction } from "../db.ts";
import { conflict, forbidden, notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { liveGrants } from "../people/service.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { changeOf, made } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import { confirmedSince } from "../sso/settings.ts";
import { lockAccount } from "./account-store.ts";
import { PREFIX_LENGTH, tokenState } from "./rules.ts";
import { CARRIED_WORDS, type MadeToken, type MakeToken, type TokenView } from "./schema.ts";
import { insertToken, lockToken, lockTokensOf, markRevoked, selectTokens } from "./store.ts";

const TOKEN_BYTES = 32;
const LISTED = 500;

export const hashOf = (text: string): string => sha256Hex(Buffer.from(text, "utf8"));

const stateOf = (token: string, status: "active" | "revoked") => ({ token, status });

/** Only a person makes one, and only of what its owner may do now. */
export async function makeToken(scope: Scope, input: MakeToken): Promise<MadeToken> {
  if (!can(scope.grants, "token.make")) throw new PermissionDenied("token.make", null);
  const { actor } = scope;
  if (actor.kind !== "user") throw forbidden("Only a person who signed in makes tokens.");
  const { label, accountId, permissions, pilotIds, days } = input;
  const token = `pht_${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  const now = scope.clock.now();
  const tokenId = newId("token", now);
  const expiresAt = new Date(now + days * DAY);
  const personId = accountId ?? actor.personId;
  await transaction(scope, async (tx) => {
    // Locked: whoever is deactivated meanwhile leaves no token behind.
    if ((await lockAccount(tx.db, actor.personId))?.disabledAt !== null)
      throw forbidden("Only a person who is here makes tokens.");
    if (accountId !== null) await requireAccount(tx, scope, accountId);
    requireHeld(await liveGrants(tx, personId), input);
    await insertToken(tx.db, {
      ...{ id: tokenId, personId, label, prefix: token.slice(0, PREFIX_LENGTH), tokenHash: hashOf(token) },
      ...{ permissions, pilotIds, madeBy: actorId(actor), madeAt: new Date(now), expiresAt },
    });
    tx.record({
      kind: "token.made",
      about: [`token:${tokenId}`, `person:${personId}`],
      ...made(stateOf(tokenId, "active")),
      detail: {
        ...{ person: personId, permissions: [...permissions].sort(), pilots: pilotIds },
        ...{ expires_at: expiresAt.getTime(), label_sha256: hashOf(label) },
      },
    });
  });
  return { tokenId, token, expiresAt };
}

/**
 * Only whoever answers for an account holds its tokens: what it launches is theirs, so nobody else may launch with it and then
 * be the second person. Accounts of others do not exist for who may not manage tokens.
 */
async function requireAccount(tx: Tx, scope: Scope, accountId: string): Promise<void> {
  const account = await lockAccount(tx.db, accountId);
  const isMine = account?.ownerId === actorId(scope.actor);
  if (account?.kind !== "service" || !(isMine || may(scope, "token.manage", null)))
    throw notFound("service account");
  if (!isMine) throw refused("Only the person who answers for the account makes tokens for it.");
  if (account.disabledAt !== null) throw refused("The service account was deactivated.");
}

function requireHeld(grants: readonly RoleGrant[], { permissions, pilotIds }: MakeToken): void {
  const places = pilotIds ?? [undefined];
  const missing = permissions.filter((permission) => places.some((place) => !can(grants, permission, place)));
  if (missing.length === 0) return;
  const words = missing.map((permission) => `“${CARRIED_WORDS[permission]}”`).join(", ");
  const sentence = `Whom it acts for may not do this there: ${words}. A token never does more than its owner.`;
  throw refused(sentence, { permissions: [sentence] });
}

/** By its owner, by who answers for the account, or by who manages tokens. It opens nothing from then on. */
export async function revokeToken(scope: Scope, tokenId: string): Promise<void> {
  if (scope.actor.kind !== "user") throw forbidden("Only a person who signed in revokes tokens.");
  const me = scope.actor.personId;
  await transaction(scope, async (tx) => {
    const token = await lockToken(tx.db, tokenId);
    const isMine = token?.personId === me || token?.ownerId === me;
    if (!token || !(isMine || may(scope, "token.manage", null))) throw notFound("token");
    if (!(await markRevoked(tx.db, tokenId, new Date(scope.clock.now()))))
      throw conflict("The token was revoked already.");
    recordRevoked(tx, token, isMine ? "owner" : "manager");
  });
}

function recordRevoked(
  tx: Tx,
  { id, personId }: { readonly id: string; readonly personId: string },
  cause: "owner" | "manager" | "deactivated" | "owner_changed" | "pilot_closed",
): void {
  tx.record({
    kind: "token.revoked",
    about: [`token:${id}`, `person:${personId}`],
    ...changeOf(stateOf(id, "active"), stateOf(id, "revoked")),
    detail: { cause },
  });
}

/** In the transaction that deactivates: the person's tokens, and those of the service accounts they answer for. */
export const revokeTokensOf = (tx: Tx, scope: Scope, personId: string): Promise<number> =>
  revokeTokensFor(tx, scope, personId, "deactivated");

/** In the caller's transaction, and for its reason. */
export async function revokeTokensFor(
  tx: Tx,
  scope: Scope,
  personId: string,
  cause: "deactivated" | "owner_changed",
): Promise<number> {
  const tokens = await lockTokensOf(tx.db, personId);
  for (const token of tokens) {
    await markRevoked(tx.db, token.id, new Date(scope.clock.now()));
    recordRevoked(tx, token, cause);
  }
  return tokens.length;
}

/** In the caller's transaction, which has them locked: their pilots are over. */
export async function revokeClosed(
  tx: Tx,
  scope: Scope,
  tokens: readonly { readonly id: string; readonly personId: string }[],
): Promise<void> {
  for (const token of tokens) {
    await markRevoked(tx.db, token.id, new Date(scope.clock.now()));
    recordRevoked(tx, token, "pilot_closed");
  }
}

/** The person's own and those of their service accounts; everybody's to who manages tokens. */
export async function listTokens(scope: Scope): Promise<TokenView[]> {
  const me = actorId(scope.actor);
  const managesAll = may(scope, "token.manage", null);
  const since = confirmedSince(scope.clock.now());
  const rows = await read(scope, (db) =>
    selectTokens(db, { personId: managesAll ? null : me, limit: LISTED, since }),
  );
  return rows.map(({ ownerId, hasOwner, isRefused, isUnconfirmed, revokedAt, ...row }) => {
    const times = { expiresAt: row.expiresAt, revokedAt };
    const state = tokenState(times, { hasOwner, isRefused, isUnconfirmed }, scope.clock.now());
    const isOver = state === "revoked" || state === "expired";
    return { ...row, state, mayRevoke: !isOver && (managesAll || row.personId === me || ownerId === me) };
  });
}
