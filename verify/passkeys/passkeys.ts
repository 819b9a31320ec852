// Approvals that were signed: by a passkey that its owner enrolled and somebody else confirmed, as the log says before.

import { type Entry, idOf, isMembers, isText, parsed } from "../members.ts";
import type { Document } from "../payloads.ts";
import type { Policy } from "../policy.ts";
import { type Findings, type Outcome, shown } from "../report.ts";
import { faultOfAssertion, type Passkey } from "./assertions.ts";
import { hexDigest } from "./cose.ts";

interface Known extends Passkey {
  /** Why what it signs does not count; null when it does. */
  fault: string | null;
}

/** Who may say that another person's passkey is theirs. Roles of an installation's own begin with `rol_`. */
const CONFIRMING = /^(administrator|engineering_lead|security_lead|rol_.*)$/;

const UNCONFIRMED = "that nobody had confirmed";

export type Passkeys = ReturnType<typeof createPasskeys>;

/** `isFirst`: nothing of this log lies in an epoch before. */
export function createPasskeys(findings: Findings, pins: Policy["passkeys"], isFirst: boolean) {
  const known = new Map<unknown, Known>();
  /** Entries of approvals that were signed as they have to be. */
  const held = new Set<number>();
  /** What followed the newest entry: its decision document says how approvals are given; what was signed. */
  let [isAsked, assertion]: [boolean, string | null] = [false, null];

  function enrol({ actor, detail }: Entry): void {
    const { passkey, person, credential, key, rp } = detail;
    const isOwn = actor.kind === "user" && actor.personId === person;
    const fault = isOwn ? UNCONFIRMED : "that somebody else enrolled";
    if (known.has(passkey)) return;
    known.set(passkey, { person, credential, rp, key: Buffer.from(String(key), "base64url"), fault });
  }

  function confirm({ actor, detail }: Entry): void {
    const passkey = known.get(detail.passkey);
    if (passkey?.fault !== UNCONFIRMED) return;
    const roles: readonly unknown[] = Array.isArray(actor.roles) ? actor.roles : [];
    const isSecond = actor.kind === "user" && isText(actor.personId) && actor.personId !== passkey.person;
    const isSame = detail.credential === passkey.credential && detail.person === passkey.person;
    const mayConfirm = roles.some((role) => isText(role) && CONFIRMING.test(role));
    passkey.fault = isSecond && isSame && mayConfirm ? null : "that nobody confirmed who may";
  }

  /** What is wrong with the signature of an approval, and what that means. */
  function faultOf(entry: Entry, missing: Outcome): readonly [Outcome, string] | null {
    const { detail } = entry;
    const passkey = known.get(detail.passkey);
    if (!isText(detail.assertion)) return ["fails", "was not signed, and its gate asks for a passkey"];
    if (!passkey) return [missing, "is signed with a passkey whose enrolment is not in this file"];
    if (passkey.fault === UNCONFIRMED) return [missing, `is signed with a passkey ${UNCONFIRMED}`];
    if (passkey.fault !== null) return ["fails", `is signed with a passkey ${passkey.fault}`];
    if (pins.size > 0 && !pins.get(String(detail.person))?.has(hexDigest(passkey.key)))
      return ["fails", "is signed with a passkey that the policy does not pin for that person"];
    if (assertion === null) return ["not_shown", "has its signature not in this file"];
    const fault = faultOfAssertion(assertion, passkey, entry);
    return fault === null ? null : ["fails", fault];
  }

  return {
    /** An entry, before what follows it. */
    open(entry: Entry): void {
      [isAsked, assertion] = [false, null];
      if (entry.kind === "passkey.enrolled") enrol(entry);
      if (entry.kind === "passkey.confirmed") confirm(entry);
      const removed = entry.kind === "passkey.removed" ? known.get(entry.detail.passkey) : undefined;
      if (removed) removed.fault = "that had been removed";
    },
    /** A document that the entry cites. */
    document({ name, text }: Document): void {
      if (name === "assertion") assertion = text;
      const decision = name === "decision" ? parsed(text) : null;
      if (isMembers(decision) && decision.method === "passkey") isAsked = true;
    },
    /** Nothing more belongs to the entry; `isWhole`: no leaf before it was left out. */
    close(entry: Entry, isWhole: boolean): void {
      const { kind, detail, index } = entry;
      const isGlass = kind === "break_glass.used";
      if (!isGlass && (kind !== "gate.approval_given" || detail.decision !== "approve")) return;
      if (!isAsked && detail.assertion === undefined && detail.passkey === undefined) return;
      const [outcome, says] = faultOf(entry, isWhole && isFirst ? "fails" : "not_shown") ?? [
        "holds",
        isGlass ? "is signed over exactly this patch and run" : "is signed over exactly this decision",
      ];
      if (outcome === "holds") held.add(index);
      const what = isGlass ? "Broken glass" : "Approval";
      const who = `${what} of ${shown(String(detail.person))} at ${shown(idOf(entry, "gate"))}`;
      findings.add("passkeys", outcome, `${who} ${says}.`, index);
    },
    /** Whether the approval, or the broken glass, in this entry was found to be signed as it has to be. */
    isSigned: ({ index }: Entry): boolean => held.has(index),
    finish(): void {
      if (held.size === 0 || pins.size > 0) return;
      const says =
        "Whose the passkeys are is what the log says: enrolled by one person, confirmed by another. The policy pins none.";
      findings.add("passkeys", "note", says);
    },
  };
}
