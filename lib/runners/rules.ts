import { HOUR, SECOND } from "../clock.ts";
import type { Phase } from "../protocol/schema.ts";

/** How long an enrolment token may be used, milliseconds. */
export const ENROLMENT_LIFE = 1 * HOUR;

/** A runner not heard of for longer is shown as out of contact, milliseconds. */
export const CONTACT_WINDOW = 15 * SECOND;

export const isLive = (contactAt: number | null, now: number): boolean =>
  contactAt !== null && now - contactAt <= CONTACT_WINDOW;

export interface EnrolmentFacts {
  readonly phases: readonly Phase[];
  readonly expiresAt: number;
  /** Public key of the runner that used it, or null. */
  readonly usedBy: string | null;
}

export interface Applicant {
  readonly version: number;
  readonly publicKey: string;
  readonly phases: readonly Phase[];
}

export type Admission =
  | { readonly kind: "admit" }
  /** The answer to the first request was lost: the same key with the same token is the same runner. */
  | { readonly kind: "known" }
  | { readonly kind: "refuse"; readonly code: "unauthenticated" | "refused"; readonly sentence: string };

const DEAD =
  "The enrolment token is not valid: it is unknown, was used, or is older than an hour. Make a new one under Runners.";

/** Whether an applicant with this enrolment becomes a runner. The three ways a token can be dead are told apart to nobody. */
export function admission(
  enrolment: EnrolmentFacts | null,
  applicant: Applicant,
  accepted: readonly number[],
  now: number,
): Admission {
  if (enrolment === null) return { kind: "refuse", code: "unauthenticated", sentence: DEAD };
  if (enrolment.usedBy !== null) {
    return enrolment.usedBy === applicant.publicKey
      ? { kind: "known" }
      : { kind: "refuse", code: "unauthenticated", sentence: DEAD };
  }
  if (now >= enrolment.expiresAt) return { kind: "refuse", code: "unauthenticated", sentence: DEAD };
  if (!accepted.includes(applicant.version)) {
    return {
      kind: "refuse",
      code: "refused",
      sentence: `The runner speaks version ${applicant.version} of the protocol; accepted: ${accepted.join(", ")}. Update the older side.`,
    };
  }
  const beyond = applicant.phases.filter((phase) => !enrolment.phases.includes(phase));
  if (beyond.length > 0) {
    return {
      kind: "refuse",
      code: "refused",
      sentence: `The enrolment allows ${enrolment.phases.join(" and ")}; the runner asks for ${beyond.join(" and ")} too.`,
    };
  }
  return { kind: "admit" };
}

/** The wished name, or the first of `name-2`, `name-3`, … that nobody has. */
export function freeName(wished: string, taken: ReadonlySet<string>): string {
  for (let nth = 1; ; nth++) {
    const suffix = nth === 1 ? "" : `-${nth}`;
    const name = wished.slice(0, 63 - suffix.length) + suffix;
    if (!taken.has(name)) return name;
  }
}

/** What entries commit to before and after. */
export const runnerState = (
  runner: { readonly id: string; readonly publicKey: string; readonly phases: readonly string[] },
  revoked: boolean,
) => ({ runner: runner.id, key: runner.publicKey, phases: runner.phases, revoked });
