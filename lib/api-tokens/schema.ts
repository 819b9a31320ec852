import { z } from "zod";
import { PersonName } from "../people/schema.ts";

export const MAX_TOKEN_DAYS = 365;

/**
 * All that a token may carry: each opens an address that programs ask. Deciding at gates, people, roles and tokens
 * themselves are never among them, whoever its owner is.
 */
export const CARRIED = [
  "pilot.view",
  "run.view",
  "run.launch",
  "release.ask",
  "evidence.report",
  "delivery.record",
  "log.view",
  "log.export",
] as const;

export const CarriedPermission = z.enum(CARRIED);
export type CarriedPermission = z.infer<typeof CarriedPermission>;

export const CARRIED_WORDS: Readonly<Record<CarriedPermission, string>> = {
  "pilot.view": "Read pilots and charters",
  "run.view": "Read runs",
  "run.launch": "Launch runs",
  "release.ask": "Ask for releases, and read what was decided",
  "evidence.report": "Report checks of patches from outside",
  "delivery.record": "Report deployments, incidents, pull requests, CI runs and calls of people on duty",
  "log.view": "Read dossiers of runs",
  "log.export": "Follow and export the log",
};

const PERMISSIONS = "Choose at least one thing it may do.";
const DAYS = `Write whole days, from 1 to ${MAX_TOKEN_DAYS}.`;

export const MakeToken = z.strictObject({
  /** What it is for, in its maker's words; the entry holds its digest. */
  label: z
    .string()
    .trim()
    .min(3, "Say what it is for, in three characters or more.")
    .max(100, "At most 100 characters."),
  /** A service account that the maker answers for; null: the maker. */
  accountId: z.string().max(100).nullable(),
  permissions: z.array(CarriedPermission, { error: PERMISSIONS }).min(1, PERMISSIONS).max(CARRIED.length),
  /** Null: every pilot its owner may see. */
  pilotIds: z
    .array(z.string().min(1).max(100))
    .min(1, "Choose a pilot.")
    .max(50, "At most 50 pilots.")
    .nullable(),
  days: z.coerce.number({ error: DAYS }).int(DAYS).min(1, DAYS).max(MAX_TOKEN_DAYS, DAYS),
});
export type MakeToken = z.infer<typeof MakeToken>;

/** Shown once; only its hash is kept. */
export interface MadeToken {
  readonly tokenId: string;
  readonly token: string;
  readonly expiresAt: Date;
}

export type TokenState = "active" | "expired" | "revoked" | "without_owner" | "refused" | "unconfirmed";

export interface TokenView {
  readonly id: string;
  readonly label: string;
  /** Its first characters, as somebody finds it in a pipeline's settings. */
  readonly prefix: string;
  readonly personId: string;
  readonly personName: string;
  readonly isService: boolean;
  readonly permissions: readonly string[];
  readonly pilotNames: readonly string[] | null;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly state: TokenState;
  /** Whether the person looking may revoke it. */
  readonly mayRevoke: boolean;
}

export const MakeAccount = z.strictObject({
  name: PersonName,
  /** The person who answers for it. */
  ownerId: z.string().min(1, "Choose who answers for it.").max(100),
});
export type MakeAccount = z.infer<typeof MakeAccount>;

/** Somebody else answers for it. */
export const ChangeOwner = z.strictObject({
  accountId: z.string().min(1).max(100),
  ownerId: MakeAccount.shape.ownerId,
});
export type ChangeOwner = z.infer<typeof ChangeOwner>;

export interface AccountView {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly disabledAt: Date | null;
  readonly tokens: number;
}
