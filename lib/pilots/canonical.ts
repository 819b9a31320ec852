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

const isBeforeModels = (controls: unknown): controls is object =>
  typeof controls === "object" && controls !== null && !("budgetRunCents" in controls);

/** Reads a stored charter. Throws when the text is not a charter of this format: a row somebody tampered with. */
export function parseCharter(canonical: string): Charter {
  const { v: _format, ...parts } = Stored.parse(JSON.parse(canonical));
  const { controls } = parts;
  return Charter.parse(
    isBeforeModels(controls) ? { ...parts, controls: { ...controls, ...WITHOUT_MODELS } } : parts,
  );
}
