// Who may approve something, and whether anybody is left. One rule for the gate, the inbox, the review, and for what is
// said to somebody before they launch or steer.

/** Why somebody who holds a role cannot approve any more. */
export type Bar = "launched" | "steered" | "reported" | "asked" | "approved" | "denied";

export interface Holder {
  readonly personId: string;
  readonly name: string;
}

export interface ApproversFacts {
  /** Approvals that it needs and that were not given yet. */
  readonly missing: number;
  /** Who holds a role that may approve, each once. */
  readonly holders: readonly Holder[];
  readonly barred: ReadonlyMap<string, Bar>;
  /** Where one of those who approve has to hold a certain role and none of those who did holds it: who does. */
  readonly special?: { readonly roleName: string; readonly holders: readonly Holder[] } | null;
  /** It names who decides: a role given to somebody else would change nothing. */
  readonly namesPeople?: boolean;
  /** In words: "reviewer or security lead". */
  readonly roles: string;
}

export interface ApproversLeft {
  readonly could: readonly Holder[];
  readonly cannot: readonly (Holder & { readonly why: Bar })[];
  readonly missing: number;
  /** Whether those who could are as many as it takes. */
  readonly isEnough: boolean;
  /** What to do where they are not; null where they are. */
  readonly remedy: string | null;
}

export const BAR_WORDS: Record<Bar, string> = {
  launched: "launched it",
  steered: "wrote to the agent or suggested code",
  reported: "reported a check, or answers for what did",
  asked: "asked for it",
  approved: "approved already",
  denied: "denied it",
};

const people = (count: number): string =>
  count === 0 ? "Nobody" : count === 1 ? "Only one person" : `Only ${count} people`;

export function approversLeft(facts: ApproversFacts): ApproversLeft {
  const { missing, holders, barred, special, roles, namesPeople = false } = facts;
  const could = holders.filter(({ personId }) => !barred.has(personId));
  const cannot = holders.flatMap((holder) => {
    const why = barred.get(holder.personId);
    return why ? [{ ...holder, why }] : [];
  });
  const lacks =
    special && !special.holders.some(({ personId }) => could.some((one) => one.personId === personId));
  const isEnough = could.length >= missing && !lacks;
  const short =
    could.length < missing
      ? `${people(could.length)} is left who may approve, and ${missing} more ${missing === 1 ? "approval is" : "approvals are"} needed. Give somebody else the role ${roles} for this pilot`
      : `One of those who approve has to be ${special?.roleName}, and nobody who is one is left. Give somebody else that role for this pilot`;
  if (isEnough) return { could, cannot, missing, isEnough, remedy: null };
  const remedy = namesPeople
    ? "The people whom it names are too few now: give them back the roles they lack, or name other owners by an amendment and ask anew."
    : `${short.replace("people is", "people are")}, or have somebody else launch it anew.`;
  return { could, cannot, missing, isEnough, remedy };
}

/** How much deciding falls to somebody on a pilot. */
export interface ApproverLoad {
  readonly personId: string;
  readonly name: string;
  /** Open gates that they may approve. */
  readonly waiting: number;
  /** Decisions they took, approvals and denials alike. */
  readonly taken: number;
}

const SHOWN = 5;

/** "Ada, Bo and 3 more" */
export function namesInWords(names: readonly string[]): string {
  const more = names.length - SHOWN;
  if (more > 0) return `${names.slice(0, SHOWN).join(", ")} and ${more} more`;
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
