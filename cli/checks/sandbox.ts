import { type HostReport, probeHost } from "#lib/jail/bubblewrap/host.ts";
import { type Finding, failed, fine } from "./finding.ts";

/** What the host allows sandboxes; a weak one is told but no reason to stop. */
export function describeSandbox({
  checks,
  tier,
  missing,
}: Pick<HostReport, "checks" | "tier" | "missing">): Finding {
  const name = "Sandbox";
  const fatal = checks.find((check) => check.state === "fatal");
  if (tier === null) return failed(name, fatal?.sentence ?? "This host allows no sandbox.");
  if (tier === "weak") return fine(name, `Sandboxes work, with the tier weak: ${missing.join(" ")}`);
  return fine(
    name,
    `Sandboxes work, with the tier strong: ${checks.map((check) => check.sentence).join(", ")}.`,
  );
}

export const checkSandbox = async (): Promise<Finding> => describeSandbox(await probeHost());
