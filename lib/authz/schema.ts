import { z } from "zod";

export const Role = z.enum([
  "administrator",
  "engineering_lead",
  "security_lead",
  "reviewer",
  "auditor",
  "viewer",
]);
export type Role = z.infer<typeof Role>;

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
  // A merge is undone by whoever may launch one, or decide on one; the undoing waits at a gate of its own.
  "run.revert": ["engineering_lead", "security_lead", "reviewer"],
  "run.cancel": ["engineering_lead", "security_lead", "reviewer"],
  "run.steer": ["engineering_lead", "security_lead", "reviewer"],
  "run.pause": ["engineering_lead", "security_lead", "reviewer"],
  "review.comment": ["engineering_lead", "security_lead", "reviewer"],
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
  "person.view": [...OPERATORS, "auditor"],
  "person.manage": ["administrator"],
  "role.grant": ["administrator", "security_lead"],
  "role.manage": ["administrator"],
  "passkey.enrol": ALL,
  "passkey.confirm": OPERATORS,
  "runner.view": ALL,
  "runner.enrol": ["administrator", "security_lead"],
  "runner.revoke": ["administrator", "security_lead"],
  "finding.view": ALL,
  "finding.decide": LEADS,
  "kpi.view": ALL,
  // Whoever launched and decided nothing of the pilot; asked for again where it is stated.
  "exit.report": ["administrator", "security_lead", "reviewer", "auditor"],
  "payload.unmask": ["security_lead", "auditor"],
  // Out of quarantine: asked for by whoever may launch or review, decided at a gate.
  "artefact.promote": ["engineering_lead", "security_lead", "reviewer"],
  "artefact.take": ["engineering_lead", "security_lead", "reviewer", "auditor"],
  "payload.redact": ["administrator", "security_lead"],
  "retention.set": LEADS,
  "log.view": ["administrator", "engineering_lead", "security_lead", "auditor"],
  "log.search": ["security_lead", "auditor"],
  "log.export": ["administrator", "security_lead", "auditor"],
  "log.access": ["administrator", "security_lead"],
  "token.make": ALL,
  "token.manage": ["administrator", "security_lead"],
  "account.make": ["administrator"],
  "release.ask": LEADS,
  // Rows from outside that KPIs are counted from: by file, by a program, by a forge or a pager; and what they are corrected by.
  "delivery.record": OPERATORS,
  // Nobody's by themselves: a role made here includes it, for the account whose token reports.
  "evidence.report": [],
  "stop.pull": ["administrator", "engineering_lead", "security_lead", "reviewer"],
  "stop.lift": LEADS,
  "drill.start": LEADS,
  "control.view": [...OPERATORS, "auditor"],
  "control.test": ["administrator", "security_lead"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

/**
 * Who may let others in stands in the built-in roles alone: a role that was made here never includes it, whatever its row
 * says, so nobody can make themselves more than they are by making a role.
 */
export const RESERVED: readonly Permission[] = [
  "person.manage",
  "role.grant",
  "role.manage",
  "token.manage",
  "account.make",
];

/** A built-in role, or the id of one that was made here. */
export const RoleKey = z.union([Role, z.templateLiteral(["rol_", z.string().regex(/^[0-9a-z]{1,40}$/)])]);
export type RoleKey = z.infer<typeof RoleKey>;

export const isBuiltIn = (role: string): role is Role => Role.safeParse(role).success;

/** A role on the organisation (`pilotId` null) or on one pilot. */
export interface RoleGrant {
  readonly role: RoleKey;
  readonly pilotId: string | null;
  /** A custom role's own; on a built-in role, what it is restricted to. */
  readonly permissions?: readonly Permission[];
  /** The absent person whose role this is, where it is held as their deputy. */
  readonly deputyOf?: string;
}

export const ROLE_NAMES: Record<Role, string> = {
  administrator: "Administrator",
  engineering_lead: "Engineering lead",
  security_lead: "Security lead",
  reviewer: "Reviewer",
  auditor: "Auditor",
  viewer: "Viewer",
};
