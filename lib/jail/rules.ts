import type { Limits } from "./schema.ts";

const MiB = 1024 * 1024;

/** Limits of git work on objects an agent wrote. */
export const GIT_LIMITS: Limits = {
  memoryBytes: 1024 * MiB,
  processes: 64,
  cpus: 1,
  diskBytes: 512 * MiB,
  seconds: 60,
  outputBytes: 256 * MiB,
};
