import { z } from "zod";
import { address, count, id, role } from "./words.ts";

export const PERSON_KINDS = {
  "person.created": z.strictObject({}),
  "person.link_made": z.strictObject({ link: id }),
  "person.link_used": z.strictObject({ link: id }),
  "person.password_set": z.strictObject({ sessionsEnded: count }),
  "person.role_granted": z.strictObject({ role, pilotId: id.nullable() }),
  "person.signed_in": z.strictObject({ session: id, address, method: z.enum(["link", "password"]) }),
  "person.signed_out": z.strictObject({ session: id }),
  "person.sign_in_refused": z.strictObject({
    address,
    reason: z.enum(["wrong_password", "unknown_account", "disabled", "no_password", "waiting"]),
    /** Refusals of this address that the flood gate left out since the last one. */
    unwritten: count,
  }),
} as const;
