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

/** A role on the organisation (`pilotId` null) or on one pilot. */
export interface RoleGrant {
  readonly role: Role;
  readonly pilotId: string | null;
}

export const ROLE_NAMES: Record<Role, string> = {
  administrator: "Administrator",
  engineering_lead: "Engineering lead",
  security_lead: "Security lead",
  reviewer: "Reviewer",
  auditor: "Auditor",
  viewer: "Viewer",
};
