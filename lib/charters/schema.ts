import { z } from "zod";

export const Direction = z.enum(["looser", "tighter"]);
export type Direction = z.infer<typeof Direction>;

export const Difference = z.strictObject({
  /** Dotted path in the charter. */
  field: z.string(),
  /** As its form writes it; of a list only what is not in the other. */
  before: z.array(z.string()),
  after: z.array(z.string()),
  direction: Direction,
});
export type Difference = z.infer<typeof Difference>;

/** What happens to runs that were launched under the charter before: they keep it to their end, or are cancelled. */
export const RunsThen = z.enum(["keep", "stop"], "Choose what happens to runs that are under way.");
export type RunsThen = z.infer<typeof RunsThen>;

export const AskAmendment = z.object({
  pilotId: z.string().min(1).max(100),
  charterId: z.string().min(1).max(100),
  runs: RunsThen,
});
export type AskAmendment = z.infer<typeof AskAmendment>;

/** A version that is not in force, as the pilot's page shows it. */
export interface AmendmentView {
  readonly charterId: string;
  readonly version: number;
  readonly changes: readonly Difference[];
  readonly loosens: boolean;
  /** Who would decide if the person looking asked. */
  readonly needed: number;
  readonly roles: readonly string[];
  /** The gate at which it waits. */
  readonly openGate: string | null;
}

/** Of the decision document of an amendment, what its effect and its page are read from. */
export const AmendDocument = z.looseObject({
  /** Digest of the charter in force when it was asked for. */
  before: z.string(),
  /** Digest of the one that would be. */
  charter: z.string(),
  charterVersion: z.int(),
  loosens: z.boolean(),
  changes: z.array(Difference),
  runs: RunsThen,
  /** Who asked, and who decides because of what they were then. */
  askedBy: z.string(),
  roles: z.array(z.string()),
  /** A role that one of those who approve has to hold. */
  mustHold: z.string().optional(),
});
export type AmendDocument = z.infer<typeof AmendDocument>;
