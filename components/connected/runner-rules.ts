import type { RunnerView } from "#lib/runners/schema.ts";
import type { StatusOf } from "../status.ts";

/** What a runner is, from what is known of it. */
export function runnerStatus({
  revokedAt,
  contact,
  live,
  leases,
}: Pick<RunnerView, "revokedAt" | "contact" | "live" | "leases">): StatusOf<"runner"> {
  if (revokedAt) return "revoked";
  if (!contact) return "unheard";
  if (!live) return "lost";
  return leases > 0 ? "busy" : "online";
}
