import { z } from "zod";

export const MAX_ACCESS_DAYS = 90;

export const GiveAccess = z.strictObject({
  /** Who it is for, in the giver's words; the entry holds its digest. */
  label: z
    .string()
    .trim()
    .min(3, "Say who it is for, in three characters or more.")
    .max(100, "At most 100 characters."),
  /** Null: everything. */
  pilotId: z.string().max(100).nullable(),
  /** With prompts, outputs, diffs and bundles. */
  withBlobs: z.boolean(),
  days: z.coerce
    .number({ error: "Write a number of days." })
    .int("Write whole days.")
    .min(1, "One day at least.")
    .max(MAX_ACCESS_DAYS, `At most ${MAX_ACCESS_DAYS} days.`),
});
export type GiveAccess = z.infer<typeof GiveAccess>;

/** Shown once; only its hash is kept. */
export interface GivenAccess {
  readonly accessId: string;
  readonly token: string;
  readonly expiresAt: Date;
}

export type AccessState = "active" | "expired" | "withdrawn";

export interface AccessView {
  readonly id: string;
  readonly label: string;
  readonly pilotId: string | null;
  readonly pilotName: string | null;
  readonly withBlobs: boolean;
  readonly givenByName: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly withdrawnAt: Date | null;
  readonly state: AccessState;
}

/** What a token opens. */
export interface Access {
  readonly id: string;
  readonly pilotId: string | null;
  readonly withBlobs: boolean;
  readonly expiresAt: Date;
}

/** Who reads: a person with an account, or somebody who was given a token. */
export type Reader =
  | { readonly kind: "person"; readonly personId: string }
  | { readonly kind: "access"; readonly accessId: string; readonly withBlobs: boolean };
