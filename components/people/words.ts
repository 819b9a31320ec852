import { CircleCheck, CircleSlash, type LucideIcon, MailQuestionMark } from "lucide-react";
import type { HeldGrant, PersonState } from "#lib/people/schema.ts";
import { formatDay } from "../format.ts";
import type { Tone } from "../status.ts";

interface Face {
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly word: string;
}

export const STATE_FACES: Readonly<Record<PersonState, Face>> = {
  invited: { tone: "need", icon: MailQuestionMark, word: "invited" },
  active: { tone: "good", icon: CircleCheck, word: "active" },
  deactivated: { tone: "wait", icon: CircleSlash, word: "deactivated" },
};

/** "on Atlas until 24 Dec 2026" */
export function whereAndUntil({
  pilotName,
  pilotId,
  endsAt,
}: Pick<HeldGrant, "pilotName" | "pilotId" | "endsAt">): string {
  const where = pilotId === null ? "everywhere" : `on ${pilotName ?? pilotId}`;
  return endsAt === null ? where : `${where} until ${formatDay(endsAt.toISOString(), true)}`;
}

/** How somebody came to a grant. */
export function wayOf({ how, viaName }: Pick<HeldGrant, "how" | "viaName">): string {
  switch (how) {
    case "direct":
      return "given by name";
    case "group":
      return `by the group ${viaName ?? "that is gone"}`;
    case "deputy":
      return `as deputy of ${viaName ?? "somebody"}`;
  }
}
