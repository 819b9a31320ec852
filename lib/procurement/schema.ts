import { z } from "zod";

/** What a buyer asks of every vendor. */
export const Topic = z.enum([
  "api_maturity",
  "session_limits",
  "security_programme",
  "integrations",
  "price_model",
]);
export type Topic = z.infer<typeof Topic>;

/** After so many days a statement is marked as old: vendors change prices and limits within a quarter. */
export const STALE_DAYS = 90;

const SOURCE = "Say where it comes from: an address beginning with https:// or http://, or a few words.";
const SCHEME = /^(?:[a-z][a-z0-9+.-]*:\/\/|(?:javascript|data|vbscript|file|blob|mailto):)/i;

/** An address that a browser would open is http or https and carries no name or password. */
export function isFitSource(text: string): boolean {
  if (!SCHEME.test(text)) return true;
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ["http:", "https:"].includes(protocol) && username === "" && password === "";
}

/** An earlier one is a slip of the pen. */
const FIRST_DAY = "2000-01-01";
const DAY = "Write the day it was so as 2026-11-24.";

export const NoteProcurement = z.object({
  agentId: z.string().min(1).max(100),
  topic: Topic,
  text: z.string().trim().min(1, "Write what is known.").max(2000, "At most 2,000 characters."),
  source: z
    .string()
    .trim()
    .min(3, SOURCE)
    .max(500, "At most 500 characters.")
    .refine((text) => !/\p{Cc}/u.test(text), SOURCE)
    .refine(isFitSource, SOURCE),
  asOf: z.iso.date(DAY).refine((day) => day >= FIRST_DAY, DAY),
});
export type NoteProcurement = z.infer<typeof NoteProcurement>;

export interface ProcurementNote {
  readonly id: string;
  readonly agentId: string;
  readonly topic: Topic;
  readonly text: string;
  readonly source: string;
  /** YYYY-MM-DD. */
  readonly asOf: string;
  readonly enteredByName: string;
  readonly enteredAt: Date;
}

export interface TopicState {
  readonly topic: Topic;
  /** That of the newest day; null where nobody wrote one. */
  readonly current: ProcurementNote | null;
  readonly isStale: boolean;
  /** Those it took the place of, newest first. */
  readonly earlier: readonly ProcurementNote[];
}

/** From runs of the agent in pilots that the person who looks may see. Null: nothing to count from. */
export interface Measured {
  readonly runs: number;
  readonly finished: number;
  readonly verified: number;
  readonly meanMicros: number | null;
  readonly medianMinutes: number | null;
  readonly longestMinutes: number | null;
  /** Runs that came to a review: those of the median. */
  readonly reviewed: number;
  /** Runs that began and came to a review or an end: those of the longest. */
  readonly sessions: number;
  /** Answered; of those the ones with a first token, and of these the long ones. */
  readonly calls: number;
  readonly firstCalls: number;
  readonly longCalls: number;
  readonly largestInputTokens: number | null;
  readonly firstTokenMs: number | null;
  readonly longFirstTokenMs: number | null;
  readonly declinedAsks: number;
}

export interface SheetRow {
  readonly agentId: string;
  readonly name: string;
  readonly driver: string;
  readonly model: string | null;
  readonly providerName: string | null;
  readonly topics: readonly TopicState[];
  readonly measured: Measured;
}
