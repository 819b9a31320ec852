import { z } from "zod";
import { Credential, type CredentialKind } from "../../releases/callbacks/schema.ts";
import type { HoldView } from "../holding/schema.ts";

const id = z.string().min(1).max(100);
const WHEN = "Give the day the token expires, as GitHub shows it. Without one nobody is warned.";
const day = z
  .string({ error: WHEN })
  .trim()
  .regex(/^\d{4}-\d{2}-\d{2}$/, WHEN)
  .refine((text) => !Number.isNaN(Date.parse(text)), WHEN);

/** The credential as releases have it; of a token also the day it expires. */
export const ConnectForge = z.intersection(
  z.object({
    repositoryId: id,
    expires: z.union([z.literal("").transform(() => undefined), day]).optional(),
  }),
  Credential,
);
export type ConnectForge = z.output<typeof ConnectForge>;

export const EndForge = z.object({ repositoryId: id });
export type EndForge = z.infer<typeof EndForge>;

export const PullStep = z.enum(["queued", "opened", "checked", "waits", "merged", "closed"]);
export type PullStep = z.infer<typeof PullStep>;

export interface PullView {
  readonly mergeId: string;
  readonly runId: string;
  readonly number: number | null;
  readonly url: string | null;
  readonly step: PullStep;
  readonly problem: string | null;
  readonly tries: number;
  readonly seenAt: Date;
  /** After a problem: when it is tried again, at the latest. */
  readonly nextAt: Date | null;
}

export interface ForgeView {
  readonly id: string;
  readonly repositoryId: string;
  readonly address: string;
  readonly kind: CredentialKind;
  readonly expiresAt: Date | null;
  readonly connectedByName: string;
  readonly connectedAt: Date;
  /** About its end; null where there is nothing to tell. */
  readonly said: Said | null;
  /** What GitHub's own rules hold. */
  readonly hold: HoldView;
  /** Of merges that are not settled yet. */
  readonly pulls: readonly PullView[];
}

export interface Said {
  readonly tone: "bad" | "warn";
  readonly text: string;
}

/** For the worker. */
export interface ForgeForWork {
  readonly id: string;
  readonly repositoryId: string;
  readonly address: string;
  readonly kind: CredentialKind;
  readonly sealed: Uint8Array;
}
