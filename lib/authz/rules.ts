// Who may do what, by the one table in schema.ts, read by doors, pages and docs.
import { AppError } from "../errors.ts";
import {
  isBuiltIn,
  PERMISSIONS,
  type Permission,
  RESERVED,
  ROLE_NAMES,
  Role,
  type RoleGrant,
  type RoleKey,
} from "./schema.ts";

export { PERMISSIONS, type Permission };

/** Doors open to anybody say so; every other signed-in page needs at least membership. */
export type DoorPermission = Permission | "public" | "signed_in";

const isPermission = (word: string): word is Permission => Object.hasOwn(PERMISSIONS, word);

const includedIn = (role: Role): readonly Permission[] =>
  (Object.keys(PERMISSIONS) as Permission[]).filter((each) => rolesFor(each).includes(role));

const OF_ROLE = new Map(Role.options.map((role) => [role as RoleKey, includedIn(role)]));

/** Everything a grant gives. Unknown roles and words give nothing. */
export function permissionsOf({ role, permissions }: RoleGrant): readonly Permission[] {
  const all = OF_ROLE.get(role);
  if (all) return permissions === undefined ? all : all.filter((each) => permissions.includes(each));
  return (permissions ?? []).filter((each) => isPermission(each) && !RESERVED.includes(each));
}

/**
 * True when a grant gives the permission. An organisation grant covers every pilot; a pilot's grant covers
 * that pilot only. With `pilotId` left out: on the organisation or on any pilot. Unknown words give nothing.
 */
export function can(grants: readonly RoleGrant[], permission: Permission, pilotId?: string): boolean {
  return grants.some(
    (grant) =>
      (pilotId === undefined || grant.pilotId === null || grant.pilotId === pilotId) &&
      permissionsOf(grant).includes(permission),
  );
}

/**
 * What a deputy may do with the roles of whom they stand in for: decide at gates, and see what there is to decide.
 */
const DEPUTY: readonly Permission[] = (Object.keys(PERMISSIONS) as Permission[]).filter((each) =>
  ["gate.decide", "pilot.view", "run.view", "finding.view", "repository.view", "agent.view"].includes(each),
);

/** A live grant as the database's `live_grant` gives it. */
export interface LiveGrantRow {
  readonly role: string;
  readonly pilotId: string | null;
  /** Null: a built-in role. */
  readonly permissions: readonly string[] | null;
  readonly how: string;
  readonly via: string | null;
}

export function grantOf({ role, pilotId, permissions, how, via }: LiveGrantRow): RoleGrant {
  const own = {
    role: role as RoleKey,
    pilotId,
    ...(permissions ? { permissions: permissions as Permission[] } : {}),
  };
  if (how !== "deputy" || via === null) return own;
  return { ...own, permissions: permissionsOf(own).filter((each) => DEPUTY.includes(each)), deputyOf: via };
}

/**
 * Pilots of which the grants show what the permission says: `all`, or their ids. A grant that does not give it shows nothing,
 * wherever it holds: a role that was made here, or a token, may be of everything and of little.
 */
export function visiblePilots(
  grants: readonly RoleGrant[],
  permission: Permission = "pilot.view",
): "all" | readonly string[] {
  const showing = grants.filter((grant) => permissionsOf(grant).includes(permission));
  if (showing.some((grant) => grant.pilotId === null)) return "all";
  return [...new Set(showing.flatMap(({ pilotId }) => pilotId ?? []))];
}

/** The roles somebody needs for a permission, for the sentence that says whom to ask. */
export function rolesFor(permission: Permission): readonly Role[] {
  return Object.hasOwn(PERMISSIONS, permission) ? PERMISSIONS[permission] : [];
}

/** What roles that were made here are called, by their ids. */
export type RoleNames = Readonly<Record<string, string>>;

/** "an engineering lead or a security lead"; a role that was made here by its name: "somebody with the role “Board”". */
export function anyOfRoles(roles: readonly RoleKey[], names: RoleNames = {}): string {
  return roles
    .map((role) =>
      isBuiltIn(role)
        ? `${/^[aeiou]/.test(role) ? "an" : "a"} ${ROLE_NAMES[role].toLowerCase()}`
        : `somebody with the role “${nameOfRole(role, names)}”`,
    )
    .join(" or ");
}

/** "engineering lead", or what a role that was made here is called; its id where nobody knows that. */
export const nameOfRole = (role: RoleKey, names: RoleNames = {}): string => {
  if (isBuiltIn(role)) return ROLE_NAMES[role].toLowerCase();
  return Object.hasOwn(names, role) ? (names[role] ?? role) : role;
};

/** Whether any grant covers the pilot, or with `pilotId` left out anything at all. */
export function isMember(grants: readonly RoleGrant[], pilotId?: string): boolean {
  return grants.some((grant) => pilotId === undefined || grant.pilotId === null || grant.pilotId === pilotId);
}

/** Refused for want of a role. Doors add the names of those who hold one that would do. */
export class PermissionDenied extends AppError {
  readonly permission: Permission;
  /** Null: on the organisation. */
  readonly pilotId: string | null;

  constructor(permission: Permission, pilotId: string | null) {
    const roles = anyOfRoles(rolesFor(permission)) || "somebody with a role made here that does,";
    const place = pilotId === null ? "of the organisation" : "of this pilot";
    super("forbidden", `Your role does not include “${permission}”. Ask ${roles} ${place}.`);
    this.permission = permission;
    this.pilotId = pilotId;
  }
}
