import { z } from "zod";

export const LinkIncident = z.strictObject({
  incidentId: z.string().min(1).max(100),
  /** Empty: no deployment caused it. */
  deploymentId: z
    .string({ error: "Choose a deployment, or that none caused it." })
    .max(100)
    .transform((id) => (id === "" ? null : id)),
  /** What a person had said when the form was opened, as `saidOf` has it; left out, whatever was said is said anew. */
  seen: z.string().max(100).optional(),
});
export type LinkIncident = z.infer<typeof LinkIncident>;

/** What people said of an incident's cause so far: nothing, that there is none, or which deployment it was. */
export const saidOf = (isLinked: boolean, deploymentId: string | null): string =>
  isLinked ? (deploymentId ?? "none") : "nothing";

/** Why a deployment is proposed as the cause of an incident. */
export type ProposedBecause = "rollback" | "window";

export interface Proposal {
  readonly deploymentId: string;
  readonly because: ProposedBecause;
}
