import { z } from "zod";

const DAY = 86_400_000;
const LONGEST = 92 * DAY;

const inOrder = ({ from, until }: { readonly from: Date; readonly until: Date }) => until > from;
const notTooLong = ({ from, until }: { readonly from: Date; readonly until: Date }) =>
  until.getTime() - from.getTime() <= LONGEST;
const LATER = { path: ["until"], message: "Choose a day after the first." };
const SHORTER = { path: ["until"], message: "At most 92 days; name them again after that." };

export const NameDeputy = z
  .object({
    /** Who is away. */
    personId: z.string().min(1).max(100),
    /** Null: whoever is on duty on the pilot. */
    deputyId: z.string().min(1).max(100).nullable(),
    /** Null: for everything they decide about. */
    pilotId: z.string().min(1).max(100).nullable(),
    from: z.date(),
    until: z.date(),
  })
  .refine(inOrder, LATER)
  .refine(notTooLong, SHORTER)
  .refine(({ deputyId, pilotId }) => deputyId !== null || pilotId !== null, {
    path: ["pilotId"],
    message: "A rota is one pilot's: choose which.",
  })
  .refine(({ deputyId, personId }) => deputyId !== personId, {
    path: ["deputyId"],
    message: "Choose somebody else.",
  });
export type NameDeputy = z.infer<typeof NameDeputy>;

export const SetDuty = z
  .object({
    pilotId: z.string().min(1).max(100),
    personId: z.string().min(1).max(100),
    from: z.date(),
    until: z.date(),
  })
  .refine(inOrder, LATER)
  .refine(notTooLong, SHORTER);
export type SetDuty = z.infer<typeof SetDuty>;

export interface DeputyView {
  readonly id: string;
  readonly personId: string;
  readonly personName: string;
  /** Null: whoever is on duty on the pilot. */
  readonly deputyId: string | null;
  readonly deputyName: string | null;
  readonly pilotId: string | null;
  readonly pilotName: string | null;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface DutyView {
  readonly id: string;
  readonly pilotId: string;
  readonly pilotName: string;
  readonly personId: string;
  readonly personName: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}
