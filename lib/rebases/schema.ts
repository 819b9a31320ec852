import { z } from "zod";

/** Why a patch is not the same on a new base: what it changes was changed there, it is there already, it cannot be read any more. */
export const RebaseFault = z.enum(["changed", "nothing_left", "not_there", "not_made"]);
export type RebaseFault = z.infer<typeof RebaseFault>;
