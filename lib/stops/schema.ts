import { z } from "zod";

export const PullStop = z
  .strictObject({
    scope: z.enum(["everything", "pilot"]),
    pilotId: z.string().min(1).optional(),
    /** In a hurry nobody has to explain. */
    reason: z.string().trim().max(1000, "At most 1,000 characters.").default(""),
  })
  .refine((input) => (input.scope === "pilot") === (input.pilotId !== undefined), {
    path: ["pilotId"],
    error: "Name the pilot to stop, or stop everything.",
  });
export type PullStop = z.infer<typeof PullStop>;

const REASON = "Say in 3 to 1,000 characters why it may go on.";
export const AskToLift = z.strictObject({
  stopId: z.string().min(1),
  reason: z.string({ error: REASON }).trim().max(1000, REASON).default(""),
});
export type AskToLift = z.infer<typeof AskToLift>;

export interface StopView {
  readonly id: string;
  readonly scope: "everything" | "pilot";
  readonly pilotId: string | null;
  readonly pilotName: string | null;
  readonly reason: string;
  readonly pulledBy: string;
  readonly pulledByName: string;
  readonly pulledAt: Date;
}
