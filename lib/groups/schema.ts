import { z } from "zod";
import { RoleKey } from "../authz/schema.ts";

export const GroupInput = z.object({
  name: z.string().trim().min(1, "Write what the group is called.").max(100, "At most 100 characters."),
  description: z.string().trim().max(300, "At most 300 characters.").default(""),
  /** Whether single sign-on puts in whom the provider names in a group of this name. */
  fromSso: z.boolean().optional(),
});
export type GroupInput = z.infer<typeof GroupInput>;

export const SetFromSso = z.strictObject({ groupId: z.string().min(1).max(100), fromSso: z.boolean() });
export type SetFromSso = z.infer<typeof SetFromSso>;

/** Put in by hand, or by what single sign-on said of the person. */
export type MemberSource = "hand" | "sso";

export const GrantGroupRole = z.object({
  groupId: z.string().min(1),
  role: RoleKey,
  pilotId: z.string().min(1).nullable(),
  endsAt: z.date().nullable().optional(),
});
export type GrantGroupRole = z.infer<typeof GrantGroupRole>;

export interface GroupMemberView {
  readonly personId: string;
  readonly name: string;
  readonly source: MemberSource;
}

export interface GroupGrantView {
  readonly id: string;
  readonly role: string;
  readonly roleName: string;
  readonly pilotId: string | null;
  readonly pilotName: string | null;
  readonly endsAt: Date | null;
}

export interface GroupView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly fromSso: boolean;
  readonly members: readonly GroupMemberView[];
  readonly grants: readonly GroupGrantView[];
}
