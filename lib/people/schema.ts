import { z } from "zod";
import { Role, type RoleGrant } from "../authz/schema.ts";

/** Lower case: two spellings of one mailbox are one person. */
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, "An e-mail address has at most 254 characters.")
  .regex(/^[^\s@]+@[^\s@]+$/, "Write an e-mail address, such as ada@example.org.");

export const PersonName = z
  .string()
  .trim()
  .min(1, "Write the person's name.")
  .max(100, "At most 100 characters.");

export const NewPerson = z.object({ email: Email, name: PersonName });
export type NewPerson = z.infer<typeof NewPerson>;

export const GrantRole = z.object({
  personId: z.string().min(1),
  role: Role,
  /** Null: on the whole organisation. */
  pilotId: z.string().min(1).nullable(),
});
export type GrantRole = z.infer<typeof GrantRole>;

export interface PersonView {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly hasPassword: boolean;
  readonly disabledAt: Date | null;
  readonly grants: readonly RoleGrant[];
}
