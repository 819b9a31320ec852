import { z } from "zod";

export const LinkIncident = z.strictObject({
  incidentId: z.string().min(1).max(100),
  /** Empty: no deployment caused it. */
  deploymentId: z
    .string({ error: "Choose a deployment, or that none caused it." })
    .max(100)
    .transform((id) => (id === "" ? null : id)),
});
export type LinkIncident = z.infer<typeof LinkIncident>;

/** Why a deployment is proposed as the cause of an incident. */
export type ProposedBecause = "rollback" | "window";

export interface Proposal {
  readonly deploymentId: string;
  readonly because: ProposedBecause;
}
