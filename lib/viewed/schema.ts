import { z } from "zod";

export const SetViewed = z.object({
  runId: z.string().min(1).max(100),
  patchId: z.string().min(1).max(100),
  /** As the page names them. */
  paths: z.array(z.string().min(1).max(4096)).min(1).max(2000),
  isViewed: z.boolean(),
});
export type SetViewed = z.infer<typeof SetViewed>;
