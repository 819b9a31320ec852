// What gates are called, and their own rules in plain words.
import type { OwnGateRule, RuledGate } from "./schema/gates.ts";

export const GATE_NAMES: Readonly<Record<RuledGate, string>> = {
  activate: "Activation",
  amend: "Amendments of the charter",
  resume: "Going on after a pause or a stop",
  command: "What the agent asks",
  network: "Installing for a patch",
  merge: "Merges",
  artefact: "Files that leave the quarantine",
  release: "Releases",
  break_glass: "Review of a broken glass",
};

const counted = (count: number, one: string, more: string): string =>
  count === 1 ? one : `${count} ${more}`;

/** `roles`: those of the rule, in words. */
export function gateSentence({ gate, needed, denials, hours, clock }: OwnGateRule, roles: string): string {
  const people = counted(needed, "one person", "different people");
  const closing = counted(denials, "the first denial closes it", "denials close it");
  const time = `${counted(hours, "1 hour", "hours")}${clock === "working" ? " of work" : ""}`;
  return `${GATE_NAMES[gate]}: ${people} of ${roles}; ${closing}; ${time} to decide.`;
}
