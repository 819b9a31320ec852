import { z } from "zod";
import { type Permission, type RoleGrant, RoleKey } from "../authz/schema.ts";

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
  role: RoleKey,
  /** Null: on the whole organisation. */
  pilotId: z.string().min(1).nullable(),
  /** When it ends by itself; never, where nothing is said. */
  endsAt: z.date().nullable().optional(),
});
export type GrantRole = z.infer<typeof GrantRole>;

export interface PersonView {
  readonly id: string;
  /** `service`: an account of a program, which no one can be. */
  readonly kind: "person" | "service";
  readonly email: string;
  readonly name: string;
  readonly hasPassword: boolean;
  readonly disabledAt: Date | null;
  readonly grants: readonly RoleGrant[];
}

/** A live grant with how somebody came to it, in names. */
export interface HeldGrant {
  readonly id: string;
  readonly role: RoleKey;
  readonly roleName: string;
  readonly pilotId: string | null;
  readonly pilotName: string | null;
  readonly endsAt: Date | null;
  readonly how: "direct" | "group" | "deputy";
  /** The group, or whose deputy. */
  readonly viaName: string | null;
  readonly permissions: readonly Permission[];
}

export type PersonState = "invited" | "active" | "deactivated";

export interface ListedPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly kind: "person" | "service";
  readonly state: PersonState;
  /** When one of their sessions was last used; null: never. */
  readonly lastSeenAt: Date | null;
  readonly grants: readonly HeldGrant[];
}

export interface PersonDetails extends ListedPerson {
  /** Sessions that are live. */
  readonly sessions: number;
  readonly groups: readonly { readonly id: string; readonly name: string; readonly source: string }[];
}

const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "Choose a day.");
const isReal = (day: Date) => !Number.isNaN(day.getTime());

/** A day as a form sends it: its first moment, UTC. */
export const FirstMoment = Day.transform((day) => new Date(`${day}T00:00:00.000Z`)).refine(
  isReal,
  "There is no such day.",
);
/** Its last moment, UTC. */
export const LastMoment = Day.transform((day) => new Date(`${day}T23:59:59.999Z`)).refine(
  isReal,
  "There is no such day.",
);
/** The same, where nothing means that there is no end. */
export const EndsOn = z.union([z.literal("").transform(() => null), LastMoment]);

/** What was approved at a gate that was open, and counts no more. */
export interface WithdrawnApproval {
  readonly id: string;
  readonly gateId: string;
  readonly pilotId: string | null;
  readonly runId: string | null;
}
