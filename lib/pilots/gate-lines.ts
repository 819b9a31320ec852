// A gate's own rule as one line of text, for forms, files that are compared, and people:
// `activate: 2 of security_lead, engineering_lead; 2 deny; 24 working hours`.
import type { OwnGateRule } from "./schema/gates.ts";
import { RuledGate } from "./schema/gates.ts";

export function gateLine({ gate, roles, needed, denials, hours, clock }: OwnGateRule): string {
  return `${gate}: ${needed} of ${roles.join(", ")}; ${denials} ${denials === 1 ? "denies" : "deny"}; ${hours} ${clock === "working" ? "working " : ""}hours`;
}

const LINE =
  /^([a-z_]+): *([^ ;]*) of ([a-z0-9_, ]*); *([^ ;]*) den(?:ies|y)(?: it)?; *([^ ;]*) (working )?hours?$/;

/** A text that is no such line stays as it is, so that the schema's sentence answers it. */
export function ruleOfLine(text: string): unknown {
  const found = LINE.exec(text.trim());
  if (!found) return text;
  const [, gate, needed = "", roles = "", denials = "", hours = "", working] = found;
  return {
    gate,
    roles: roles.split(",").flatMap((role) => (role.trim() === "" ? [] : [role.trim()])),
    ...{ needed: numberOf(needed), denials: numberOf(denials), hours: numberOf(hours) },
    clock: working === undefined ? "always" : "working",
  };
}

const numberOf = (text: string): number => (/^[0-9]{1,6}$/.test(text) ? Number(text) : Number.NaN);

/** The names of the controls of one gate's rule in a form, whose texts together are the gate's line. */
export const gateControl = (gate: RuledGate, part: keyof Omit<OwnGateRule, "gate">): string =>
  `controls.gates.${gate}.${part}`;

/** Whether a form was sent that has controls for gates. */
export const hasGateControls = (names: readonly string[]): boolean =>
  names.some((name) => name.startsWith("controls.gates."));

/** The lines of the gates that a form gives a rule of their own: those for which it says how many approve. */
export function linesOfControls(all: (name: string) => readonly string[]): string {
  return RuledGate.options
    .flatMap((gate) => {
      const one = (part: keyof Omit<OwnGateRule, "gate">) => (all(gateControl(gate, part))[0] ?? "").trim();
      if (one("needed") === "") return [];
      const clock = one("clock") === "working" ? "working " : "";
      const roles = all(gateControl(gate, "roles")).join(", ");
      const words = { denials: one("denials") || "1", hours: one("hours") || "72" };
      return [
        `${gate}: ${bare(one("needed"))} of ${roles}; ${bare(words.denials)} deny; ${bare(words.hours)} ${clock}hours`,
      ];
    })
    .join("\n");
}

/** What would end the word it stands in, and so be read as another one. */
const bare = (text: string): string => text.replaceAll(/[\s;]+/g, "?") || "?";
