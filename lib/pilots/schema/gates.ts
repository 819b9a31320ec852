// Rules of a charter's own for single gates. A gate without one goes by the product's ordinary rule for its kind.
import { z } from "zod";
import { uniqueBy, whole } from "./words.ts";

/** Gates by what they decide, in the order of a pilot's life. */
export const RuledGate = z.enum([
  "activate",
  "amend",
  "resume",
  "command",
  "network",
  "merge",
  "artefact",
  "release",
  "break_glass",
]);
export type RuledGate = z.infer<typeof RuledGate>;

const ROLE = "Name roles that decide: engineering_lead, security_lead, reviewer, or the id of one made here.";

/** A built-in role that decides, or the id of one that was made here; whether that one decides is asked where it is. */
export const GateRole = z.union(
  [
    z.enum(["engineering_lead", "security_lead", "reviewer"]),
    z.templateLiteral(["rol_", z.string().regex(/^[0-9a-z]{1,40}$/)]),
  ],
  ROLE,
);
export type GateRole = z.infer<typeof GateRole>;

export const MOST_DECIDERS = 5;

export const OwnGateRule = z.strictObject({
  gate: z.enum(RuledGate.options, `Name one of these gates: ${RuledGate.options.join(", ")}.`),
  roles: z
    .array(GateRole, { error: ROLE })
    .min(1, "Name at least one role that decides at the gate.")
    .max(20, "At most 20 roles a gate.")
    .refine(uniqueBy, "The same role stands at a gate twice."),
  /** So many different people approve it. */
  needed: whole(1, MOST_DECIDERS, "people who approve"),
  /** So many different people have to deny it before it is denied. */
  denials: whole(1, MOST_DECIDERS, "people who deny"),
  /** Within these hours. */
  hours: whole(1, 720, "hours"),
  /** Counted day and night, or over the pilot's hours of work. */
  clock: z.enum(["always", "working"], "Choose always or working."),
});
export type OwnGateRule = z.infer<typeof OwnGateRule>;

export const GateRules = z
  .array(OwnGateRule, {
    error: "Write a rule a gate, such as activate: 2 of security_lead; 1 denies; 24 hours.",
  })
  .max(RuledGate.options.length, "One rule a gate.")
  .refine((rules) => uniqueBy(rules.map(({ gate }) => gate)), "The same gate stands here twice.");
