// Merges by broken glass: nobody approved them. What can be said is who stands for each alone, in which role, over exactly
// what, and whether another lead has reviewed it since. Never called an approved merge.
import { type Entry, idOf, isMembers, isText, type Members, parsed } from "../members.ts";
import { type Findings, type Outcome, shown } from "../report.ts";

interface Broken {
  readonly run: string;
  readonly by: string;
  readonly index: number;
  readonly digest: unknown;
  readonly launchers: readonly string[];
  review: string | null;
}

const LEADS = ["engineering_lead", "security_lead"];

/** Roles a charter names; null where its text does not say it. */
export function glassRolesOf(text: string): readonly unknown[] | null {
  const charter = parsed(text);
  const controls = isMembers(charter) && isMembers(charter.controls) ? charter.controls : {};
  return Array.isArray(controls.breakGlass) ? controls.breakGlass : null;
}

/** Earlier versions checked what was signed, and kept the passkey's name alone. */
const unsigned = (used: Entry): Outcome =>
  isText(used.detail.assertion) || idOf(used, "passkey") !== "" ? "not_shown" : "fails";

export interface GlassCase {
  /** The intent to merge. */
  readonly entry: Entry;
  readonly document: Members;
  /** The entry that says the glass was broken, for that decision. */
  readonly used: Entry | undefined;
  readonly launchers: readonly string[];
  /** Undefined: its charter is not in the file. */
  readonly roles: readonly unknown[] | null | undefined;
  /** Whether its document, or a charter that is shown, wants it signed with a passkey. */
  readonly isAsked: boolean;
}

/** Why it is not even that; null where one named person stands for exactly what was merged. */
function faultOf({ entry, document, used, launchers, roles }: GlassCase): string | null {
  if (!used) return "nothing says who broke the glass";
  const { person, role, decision, patch } = used.detail;
  const { actor } = used;
  if (decision !== entry.detail.decision || patch !== entry.detail.patch || document.by !== person)
    return "the glass was broken for something else";
  if (actor.kind !== "user" || actor.personId !== person) return "somebody else wrote who broke the glass";
  const held: readonly unknown[] = Array.isArray(actor.roles) ? actor.roles : [];
  if (document.as !== role || !(held.includes(role) || held.includes(`${role}@${idOf(used, "pilot")}`)))
    return `${shown(String(person))} did not hold the role ${shown(String(role))}`;
  if (roles === null || roles?.includes(role) === false)
    return `its charter does not let ${shown(String(role))} break the glass`;
  return launchers.includes(String(person)) ? "who launched the run broke the glass for it" : null;
}

export function createGlass(findings: Findings, isSigned: (entry: Entry) => boolean) {
  const broken = new Map<string, Broken>();

  return {
    judge(glass: GlassCase): readonly [Outcome, string] {
      const fault = faultOf(glass);
      if (fault !== null || !glass.used) return ["fails", fault ?? "nothing says who broke the glass"];
      if (glass.isAsked && !isSigned(glass.used))
        return [
          unsigned(glass.used),
          "the glass was broken without the signature that it has to be broken with",
        ];
      const { person, role, evidence, decision } = glass.used.detail;
      const by = String(person);
      broken.set(idOf(glass.entry, "gate"), {
        ...{ run: idOf(glass.entry, "run"), by, index: glass.entry.index, digest: decision },
        ...{ launchers: glass.launchers, review: null },
      });
      const told = glass.roles === undefined ? "; its charter is not in this file" : "";
      return [
        "note",
        `BROKEN GLASS, not an approved merge: ${shown(by)} (${shown(String(role))}) merged it alone; the evidence then: ${shown(String(evidence))}${told}`,
      ];
    },
    /** A review of another lead. */
    review(entry: Entry): void {
      const { kind, actor, detail } = entry;
      if (kind !== "break_glass.reviewed") return;
      const one = broken.get(String(detail.gate));
      const person = String(detail.person);
      const held: readonly unknown[] = Array.isArray(actor.roles) ? actor.roles : [];
      const leads = LEADS.flatMap((role) => [role, `${role}@${idOf(entry, "pilot")}`]);
      const isLead = leads.some((role) => held.includes(role));
      const isOther = one && isLead && person !== one.by && !one.launchers.includes(person);
      if (
        one &&
        isOther &&
        actor.kind === "user" &&
        actor.personId === person &&
        detail.decision === one.digest
      )
        one.review = `reviewed by ${shown(person)}, ${detail.justified === true ? "who found it justified" : "who did not find it justified"} (entry ${entry.index})`;
    },
    finish(): void {
      for (const { run, by, index, review } of broken.values()) {
        const says = review ?? "no review by another lead is in this file";
        findings.add("merges", "note", `Broken glass of ${shown(run)} by ${shown(by)}: ${says}.`, index);
      }
    },
  };
}
