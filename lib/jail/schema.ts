import { z } from "zod";

/** `strong`: bubblewrap with cgroup limits and our seccomp filter. `weak`: one of the two is missing. */
export const Tier = z.enum(["strong", "weak"]);
export type Tier = z.infer<typeof Tier>;

export const Limits = z.object({
  /** Resident memory plus everything in the sandbox's tmpfs (they share one cgroup limit), bytes. */
  memoryBytes: z.int().positive(),
  processes: z.int().positive(),
  /** CPU bandwidth, in cores: 1.5 is one and a half. */
  cpus: z.number().positive(),
  /** Size of /work, bytes (tmpfs). */
  diskBytes: z.int().positive(),
  /** Wall clock until everything is killed, seconds. */
  seconds: z.int().positive(),
  /** Bytes kept of each output; what exceeds it is dropped and counted. */
  outputBytes: z.int().positive(),
});
export type Limits = z.infer<typeof Limits>;
