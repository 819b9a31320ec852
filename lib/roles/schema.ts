import { z } from "zod";
import { PERMISSIONS, type Permission, RESERVED, type RoleKey } from "../authz/schema.ts";

/** What a role that is made here may include. */
export const GRANTABLE: readonly Permission[] = (Object.keys(PERMISSIONS) as Permission[]).filter(
  (each) => !RESERVED.includes(each),
);

const isGrantable = (word: string): word is Permission => GRANTABLE.some((each) => each === word);

const Permissions = z
  .array(z.string())
  .max(100)
  .refine((words) => words.every(isGrantable), "Choose from the permissions that are listed.")
  .transform((words) => GRANTABLE.filter((each) => words.includes(each)))
  .refine((words) => words.length > 0, "Choose at least one permission.");

export const RoleInput = z.object({
  name: z.string().trim().min(1, "Write what the role is called.").max(60, "At most 60 characters."),
  description: z.string().trim().max(300, "At most 300 characters.").default(""),
  permissions: Permissions,
});
export type RoleInput = z.infer<typeof RoleInput>;

export interface RoleView {
  readonly id: RoleKey;
  readonly name: string;
  readonly description: string;
  readonly isBuiltIn: boolean;
  readonly permissions: readonly Permission[];
  /** How many people hold it now, on whatever, each once. */
  readonly holders: number;
}
