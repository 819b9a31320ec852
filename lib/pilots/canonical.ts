// The text a charter is known by: RFC 8785, with the format's number inside, immutable once written.
import { z } from "zod";
import { sha256Hex } from "../protocol/signing.ts";
import { canonicalText } from "../record/rules.ts";
import { CHARTER_FORMAT, Charter } from "./schema.ts";

export function charterText(charter: Charter): string {
  return canonicalText({ v: CHARTER_FORMAT, ...charter });
}

/** Hex SHA-256 of the canonical text. */
export function charterDigest(charter: Charter): string {
  return sha256Hex(Buffer.from(charterText(charter), "utf8"));
}

const Stored = z.looseObject({ v: z.literal(CHARTER_FORMAT) });

/** Charters written before models could be called say nothing of it, and nobody agreed to any: none may be. */
const WITHOUT_MODELS = {
  budgetRunCents: 0,
  budgetDayCents: 0,
  budgetPilotCents: 0,
  outboundSecret: "block",
  outboundCardNumber: "block",
  outboundEmail: "block",
  outboundIban: "block",
} as const satisfies Partial<Charter["controls"]>;

/** Charters written before there was a setup phase have none. */
const WITHOUT_SETUP = {
  setupArgv: [],
  setupHosts: [],
  setupPaths: [],
  setupScripts: "off",
} as const satisfies Partial<Charter["environment"]>;

/** Nor did they say that a run may be paused by its drift, or its agent be spoken to by anybody but people. */
const WITHOUT_DRIFT = {
  driftPause: 0,
  anchorTurns: 0,
  anchorMinutes: 0,
  anchorTokens: 0,
} as const satisfies Partial<Charter["controls"]>;

/** Nor whether its agent asks anybody. */
const WITHOUT_ASKS: Partial<Charter["controls"]> = {
  askMode: "never",
  allowedCommands: [],
  deniedCommands: [],
  unattended: "deny_and_continue",
  askMinutes: 30,
};

/** Nor did they name patterns of their own. */
const WITHOUT_OWN: Partial<Charter["controls"]> = { outboundOwn: "block", ownPatterns: [] };

/** What was added to the controls together, oldest first: a charter has all of an addition or nothing of it. */
const ADDED: readonly Partial<Charter["controls"]>[] = [
  WITHOUT_MODELS,
  WITHOUT_DRIFT,
  WITHOUT_ASKS,
  WITHOUT_OWN,
];

/** A part with what it was written before. One that has some of an addition was not written by us: it stays as it is. */
function completed(part: unknown, additions: readonly object[]): unknown {
  if (typeof part !== "object" || part === null) return part;
  const missing = additions.filter((added) => !Object.keys(added).some((name) => Object.hasOwn(part, name)));
  return Object.assign({}, part, ...missing);
}

/** Reads a stored charter. Throws when the text is not a charter of this format: a row somebody tampered with. */
export function parseCharter(canonical: string): Charter {
  const { v: _format, ...parts } = Stored.parse(JSON.parse(canonical));
  const controls = completed(parts.controls, ADDED);
  const environment = completed(parts.environment, [WITHOUT_SETUP]);
  return Charter.parse({ ...parts, controls, environment });
}
