import { z } from "zod";
import { each, whole } from "./words.ts";

const OWNERS = "Choose two people, or nobody.";

const DEPUTIES = "Choose at most two people, or nobody.";

export const Cadence = z.enum(
  ["never", "daily", "weekly", "fortnightly"],
  "Choose never, daily, weekly or fortnightly.",
);
export type Cadence = z.infer<typeof Cadence>;

export const Kpis = z.strictObject({
  /** Ids of the two people who answer for the pilot and alone complete it; nobody: whoever may amend it. */
  owners: each(z.string({ error: OWNERS }).regex(/^per_[0-9a-hjkmnp-tv-z]{22}$/, OWNERS)),
  /** Told, beside the owners, while one of them is away. */
  deputies: each(z.string({ error: DEPUTIES }).regex(/^per_[0-9a-hjkmnp-tv-z]{22}$/, DEPUTIES)),
  /** How often the owners are told to look at the numbers and decide how it goes on. */
  cadence: Cadence,
  /** Days after a run's end for which its payloads are kept; 0 = as people set it on the pilot. */
  retentionDays: whole(0, 36_500, "days"),
  /** No rate and no verdict below this many rows. */
  minimumSample: whole(2, 1000),
});
