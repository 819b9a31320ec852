// Whether a runner may leave out what it checks beside the three trees. Pure.
import type { Checks } from "../protocol/checks.ts";
import { PROTOCOL_VERSION } from "../protocol/schema.ts";
import type { Judgement } from "./rules.ts";

/**
 * Every version that is accepted asks for checks, the one before the current as well: a runner that spares itself the canaries
 * would be believed more than one that plants them. `protocol`: what the runner speaks; left out by evidence from before it was
 * kept, of which nothing is owed.
 */
export function heldToChecks<J extends Pick<Judgement, "verdict" | "sentence">>(
  judgement: J,
  {
    protocol,
    checks,
  }: { readonly protocol?: number | undefined; readonly checks?: Checks | null | undefined },
): J {
  if (judgement.verdict !== "verified" || protocol === undefined || checks) return judgement;
  return { ...judgement, verdict: "untrustworthy", sentence: missing(protocol) };
}

const missing = (protocol: number): string =>
  `The runner that verified reported nothing of what it has to check beside the three trees: no canary was tried, and nothing shows that tests can fail with this patch. ${
    protocol < PROTOCOL_VERSION
      ? `It speaks version ${protocol} of the protocol, this control plane ${PROTOCOL_VERSION}: update the runner, and launch again.`
      : "Its protocol asks for that: update the runner, or find out why it leaves it out, and launch again."
  }`;
