// Who may do what: one table, read by doors, pages and docs.
import { AppError } from "../errors.ts";
import { ROLE_NAMES, type Role, type RoleGrant } from "./schema.ts";

const ALL = ["administrator", "engineering_lead", "security_lead", "reviewer", "auditor", "viewer"] as const;
const LEADS = ["engineering_lead", "security_lead"] as const;
const OPERATORS = ["administrator", "engineering_lead", "security_lead"] as const;

export const PERMISSIONS = {
  "pilot.view": ALL,
  "pilot.create": LEADS,
  "pilot.amend": LEADS,
  "pilot.pause": ["engineering_lead", "security_lead", "reviewer"],
  "run.view": ALL,
  "run.launch": ["engineering_lead", "security_lead"],
  "run.cancel": ["engineering_lead", "security_lead", "reviewer"],
  "run.steer": ["engineering_lead", "security_lead", "reviewer"],
  "run.pause": ["engineering_lead", "security_lead", "reviewer"],
  "gate.decide": ["engineering_lead", "security_lead", "reviewer"],
  "repository.view": ALL,
  "repository.add": OPERATORS,
  "repository.sync": OPERATORS,
  "agent.view": ALL,
  "agent.create": OPERATORS,
  "provider.view": [...OPERATORS, "auditor"],
  "provider.manage": ["administrator", "security_lead"],
  "price.set": OPERATORS,
  "channel.view": [...OPERATORS, "auditor"],
  "channel.manage": ["administrator", "security_lead"],
  "notice.subscribe": ALL,
  "runner.view": ALL,
  "runner.enrol": ["administrator", "security_lead"],
  "runner.revoke": ["administrator", "security_lead"],
  "finding.view": ALL,
  "finding.decide": LEADS,
  "kpi.view": ALL,
  "payload.unmask": ["security_lead", "auditor"],
  "payload.redact": ["administrator", "security_lead"],
  "retention.set": LEADS,
  "log.view": ["administrator", "engineering_lead", "security_lead", "auditor"],
  "log.search": ["security_lead", "auditor"],
  "log.export": ["administrator", "security_lead", "auditor"],
  "log.access": ["administrator", "security_lead"],
  "stop.pull": ["administrator", "engineering_lead", "security_lead", "reviewer"],
  "stop.lift": LEADS,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

/** Doors open to anybody say so; every other signed-in page needs at least membership. */
export type DoorPermission = Permission | "public" | "signed_in";

/**
 * True when a grant gives the permission. An organisation grant covers every pilot; a pilot's grant covers
 * that pilot only. With `pilotId` left out: on the organisation or on any pilot. Unknown words give nothing.
 */
export function can(grants: readonly RoleGrant[], permission: Permission, pilotId?: string): boolean {
  const roles: readonly Role[] | undefined = Object.hasOwn(PERMISSIONS, permission)
    ? PERMISSIONS[permission]
    : undefined;
  if (!roles) return false;
  return grants.some(
    (grant) =>
      roles.includes(grant.role) &&
      (pilotId === undefined || grant.pilotId === null || grant.pilotId === pilotId),
  );
}

/** Pilots a person is a member of: `all`, or the ids their grants name. */
export function visiblePilots(grants: readonly RoleGrant[]): "all" | readonly string[] {
  if (grants.some((grant) => grant.pilotId === null)) return "all";
  return [...new Set(grants.flatMap((grant) => (grant.pilotId === null ? [] : [grant.pilotId])))];
}

/** The roles somebody needs for a permission, for the sentence that says whom to ask. */
export function rolesFor(permission: Permission): readonly Role[] {
  return Object.hasOwn(PERMISSIONS, permission) ? PERMISSIONS[permission] : [];
}

/** "an engineering lead or a security lead" */
export function anyOfRoles(roles: readonly Role[]): string {
  return roles
    .map((role) => `${/^[aeiou]/.test(role) ? "an" : "a"} ${ROLE_NAMES[role].toLowerCase()}`)
    .join(" or ");
}

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
    const roles = anyOfRoles(rolesFor(permission));
    const place = pilotId === null ? "of the organisation" : "of this pilot";
    super("forbidden", `Your role does not include “${permission}”. Ask ${roles} ${place}.`);
    this.permission = permission;
    this.pilotId = pilotId;
  }
}
