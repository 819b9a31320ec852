import { z } from "zod";
import { DAY } from "../../clock.ts";

export const FETCHED = ["deployment", "outside_change", "outside_ci_run"] as const;
export type Fetched = (typeof FETCHED)[number];

export const MOST_FETCH_DAYS = 400;
const DATE = "Write a day such as 2026-03-09.";
const day = z.iso.date({ error: DATE }).transform((text) => new Date(`${text}T00:00:00Z`));

/** Days in UTC; the last one is part of it. */
export const AskHistory = z
  .strictObject({
    repositoryId: z.string().min(1, "Choose a repository.").max(100),
    kinds: z
      .enum(["all", ...FETCHED], { error: `Choose one of: all, ${FETCHED.join(", ")}.` })
      .transform((what): readonly Fetched[] => (what === "all" ? FETCHED : [what])),
    from: day,
    to: day,
  })
  .refine(({ from, to }) => to >= from, { path: ["to"], error: "Choose a day that is not before the first." })
  .refine(({ from, to }) => to.getTime() - from.getTime() < MOST_FETCH_DAYS * DAY, {
    path: ["from"],
    error: `Ask for at most ${MOST_FETCH_DAYS} days at once.`,
  });
export type AskHistory = z.infer<typeof AskHistory>;

export const FETCH_STATES = ["queued", "running", "waiting", "done", "failed"] as const;
export type FetchState = (typeof FETCH_STATES)[number];

/** What the worker goes on with. */
export interface FetchForWork {
  readonly id: string;
  readonly repositoryId: string;
  readonly kind: Fetched;
  readonly since: Date;
  readonly until: Date;
  readonly askedBy: string;
  readonly page: number;
  readonly tries: number;
}

export interface FetchView {
  readonly id: string;
  readonly repositoryId: string;
  readonly repositoryName: string;
  readonly kind: Fetched;
  readonly since: Date;
  readonly until: Date;
  readonly state: FetchState;
  readonly rowsTaken: number;
  readonly rowsPassedOver: number;
  readonly problem: string | null;
  readonly nextAt: Date | null;
  readonly askedByName: string;
  readonly askedAt: Date;
}
