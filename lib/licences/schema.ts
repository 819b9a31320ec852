import { z } from "zod";

/** A line a patch adds that says whose work it is, or under which licence. */
export const LicenceHeader = z.strictObject({
  path: z.string().min(1).max(4096),
  line: z.int().min(1),
  kind: z.enum(["spdx", "copyright", "licence_file"]),
  text: z.string().max(300),
});
export type LicenceHeader = z.infer<typeof LicenceHeader>;

export type LicenceVerdict = "allowed" | "outside" | "unknown";
