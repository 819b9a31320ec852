// For the door: what a token opens at this moment.
import { timingSafeEqual } from "node:crypto";
import type { RoleGrant } from "../authz/schema.ts";
import { read, transaction } from "../db.ts";
import { liveGrants } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import { confirmedSince } from "../sso/settings.ts";
import { narrowed, PREFIX_LENGTH, tokenState } from "./rules.ts";
import { hashOf } from "./service.ts";
import { isTouchedLately, selectByPrefix, touchToken } from "./store.ts";

export interface OpenToken {
  readonly tokenId: string;
  /** Whom it acts for. */
  readonly personId: string;
  /** Its owner's of this moment, narrowed to the token. */
  readonly grants: readonly RoleGrant[];
}

const isSame = (one: string, other: string) => timingSafeEqual(Buffer.from(one), Buffer.from(other));

/** Null for one that is unknown, expired or revoked, or that nobody stands behind: nobody who is here, and known to their provider. */
export async function openToken(scope: Scope, token: string): Promise<OpenToken | null> {
  const hash = hashOf(token);
  const opened = await read(scope, async (db) => {
    const rows = await selectByPrefix(db, token.slice(0, PREFIX_LENGTH), confirmedSince(scope.clock.now()));
    const row = rows.filter(({ tokenHash }) => isSame(tokenHash, hash))[0];
    if (!row || tokenState(row, row, scope.clock.now()) !== "active") return null;
    const grants = narrowed(await liveGrants({ db }, row.personId), row);
    const isNoted = await isTouchedLately(db, row.id, new Date(scope.clock.now()));
    return { tokenId: row.id, personId: row.personId, grants, isNoted };
  });
  if (!opened) return null;
  const { isNoted, ...found } = opened;
  if (!isNoted) await noteUse(scope, found.tokenId);
  return found;
}

const noteUse = (scope: Scope, tokenId: string): Promise<void> =>
  transaction(scope, ({ db }) => touchToken(db, tokenId, new Date(scope.clock.now())));
