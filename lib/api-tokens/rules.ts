// What a token opens: never more than its owner may at that very moment, never what no token carries.
import { type Permission, permissionsOf } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import { CARRIED, type CarriedPermission, type TokenState } from "./schema.ts";

/** `pht_` and 32 random bytes in base64url. */
const TOKEN = /^pht_[A-Za-z0-9_-]{43}$/;

/** What is kept in the clear to find a token by; 210 bits of it stay unknown. */
export const PREFIX_LENGTH = 12;

/** The API token of an Authorization header; null where it holds none of that form. */
export function apiToken(header: string | null): string | null {
  const [, token = ""] = /^bearer +(\S+) *$/i.exec(header ?? "") ?? [];
  return TOKEN.test(token) ? token : null;
}

export interface TokenTimes {
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

export interface Standing {
  /** Its owner is there, and of a service account who answers for it, too. */
  readonly hasOwner: boolean;
  /** The identity provider said no of one of them, and they have not signed in by it since. */
  readonly isRefused: boolean;
  /** One of them came by the provider, and it has not said yes of them lately. */
  readonly isUnconfirmed: boolean;
}

/** A token is over at the very millisecond it ends, and while nobody stands behind it whom the provider still knows. */
export function tokenState(
  { expiresAt, revokedAt }: TokenTimes,
  { hasOwner, isRefused, isUnconfirmed }: Standing,
  now: number,
): TokenState {
  if (revokedAt !== null) return "revoked";
  if (now >= expiresAt.getTime()) return "expired";
  if (!hasOwner) return "without_owner";
  if (isRefused) return "refused";
  return isUnconfirmed ? "unconfirmed" : "active";
}

export interface TokenReach {
  readonly permissions: readonly string[];
  /** Null: wherever its owner may. */
  readonly pilotIds: readonly string[] | null;
}

/** The list is one of permissions there are. */
const LIST: readonly Permission[] = CARRIED;

const isCarried = (permission: string): permission is CarriedPermission =>
  LIST.some((one) => one === permission);

/** What the owner's grants give through a token: each narrowed to it, those that give nothing left out. */
export function narrowed(grants: readonly RoleGrant[], { permissions, pilotIds }: TokenReach): RoleGrant[] {
  const carried = new Set<Permission>(permissions.filter(isCarried));
  return grants.flatMap((grant) => {
    const left = permissionsOf(grant).filter((permission) => carried.has(permission));
    if (left.length === 0) return [];
    return placesOf(grant, pilotIds).map((pilotId) => ({ ...grant, pilotId, permissions: left }));
  });
}

function placesOf({ pilotId }: RoleGrant, pilotIds: TokenReach["pilotIds"]): readonly (string | null)[] {
  if (pilotIds === null) return [pilotId];
  if (pilotId === null) return pilotIds;
  return pilotIds.includes(pilotId) ? [pilotId] : [];
}
