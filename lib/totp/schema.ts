import { z } from "zod";

/** Six digits, or a recovery code; people put spaces and hyphens in both. */
export const SecondStepCode = z
  .string({ error: "Write the code." })
  .max(40, "A code is shorter than that.")
  .transform((text) => text.toLowerCase().replaceAll(/[\s-]/g, ""))
  .pipe(z.string().regex(/^(\d{6}|[0-9a-z]{16})$/, "Write the six digits, or a recovery code."));

export const ConfirmTotp = z.object({ ticket: z.string().max(2000), code: SecondStepCode });
export type ConfirmTotp = z.infer<typeof ConfirmTotp>;

/** With where to go afterwards. */
export const TakeStep = z.object({
  code: SecondStepCode,
  next: z.string().max(2000).catch("/").default("/"),
});

export const OneCode = z.object({ code: SecondStepCode });

/** What is shown once, for the app that makes the codes. */
export interface TotpOffer {
  readonly secret: string;
  readonly uri: string;
  /** Dark squares of the QR code as one path, in a square of `size`. */
  readonly qr: { readonly size: number; readonly path: string };
  /** Carries the secret to its confirmation, sealed. */
  readonly ticket: string;
}

export interface TotpState {
  readonly since: Date;
  readonly codesLeft: number;
}

export interface TotpHolder {
  readonly personId: string;
  readonly name: string;
  readonly since: Date;
}

export const OneHolder = z.object({ personId: z.string().min(1).max(100) });
