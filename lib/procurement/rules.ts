// The sheet put together: what stands, what is old, and what the product measured by itself. Pure.
import { DAY } from "../clock.ts";
import { type Measured, type ProcurementNote, STALE_DAYS, Topic, type TopicState } from "./schema.ts";

export const TOPIC_TITLES: Record<Topic, string> = {
  api_maturity: "API maturity",
  session_limits: "Long-session limits",
  security_programme: "Security programme",
  integrations: "Integrations",
  price_model: "Price model",
};

export const isStale = (asOf: string, now: number): boolean => now - Date.parse(asOf) > STALE_DAYS * DAY;

/** Of a day the one that was written last stands. */
const newestFirst = (one: ProcurementNote, other: ProcurementNote): number =>
  other.asOf.localeCompare(one.asOf) ||
  other.enteredAt.getTime() - one.enteredAt.getTime() ||
  (other.id < one.id ? -1 : 1);

/** Every topic once, also those of which nobody wrote anything. */
export function topicsOf(notes: readonly ProcurementNote[], now: number): TopicState[] {
  return Topic.options.map((topic) => {
    const [current = null, ...earlier] = notes.filter((note) => note.topic === topic).sort(newestFirst);
    return { topic, current, isStale: current !== null && isStale(current.asOf, now), earlier };
  });
}

export interface Figure {
  readonly title: string;
  /** What is counted, in the names of the tables it is counted from. */
  readonly query: string;
  readonly unit: "count" | "share" | "micros" | "minutes" | "tokens" | "milliseconds";
  readonly value: number | null;
  /** What it is counted from. */
  readonly n: number;
}

/** From here a session counts as a long one. */
export const LONG_TOKENS = 64_000;

/** The measured part, each figure with the query it comes from. */
export function figuresOf(measured: Measured): Figure[] {
  const { runs, finished, verified, calls, reviewed, sessions, firstCalls, longCalls } = measured;
  const figure = (title: string, query: string, unit: Figure["unit"], value: number | null, n: number) => ({
    ...{ title, query, unit, value, n },
  });
  return [
    figure("Runs", "run: rows of the agent", "count", runs, runs),
    figure(
      "Verified",
      "run, evidence: newest verdict ‘verified’ ÷ runs in review, merged, rejected or failed",
      "share",
      finished === 0 ? null : verified / finished,
      finished,
    ),
    figure(
      "Mean cost of a run",
      "run, model_call: charged_micros by run in review, merged, rejected or failed, mean",
      "micros",
      measured.meanMicros,
      finished,
    ),
    figure(
      "Median time to review",
      "run: started_at to review_opened_at, median",
      "minutes",
      measured.medianMinutes,
      reviewed,
    ),
    figure(
      "Longest session",
      "run: started_at to review or end, largest",
      "minutes",
      measured.longestMinutes,
      sessions,
    ),
    figure(
      "Largest context answered",
      "model_call: input_tokens of answered calls, largest",
      "tokens",
      measured.largestInputTokens,
      calls,
    ),
    figure(
      "First token, all calls",
      "model_call: opened_at to first_token_at, median",
      "milliseconds",
      measured.firstTokenMs,
      firstCalls,
    ),
    figure(
      `First token from ${LONG_TOKENS.toLocaleString("en")} tokens on`,
      `model_call: the same where input_tokens ≥ ${LONG_TOKENS}`,
      "milliseconds",
      measured.longFirstTokenMs,
      longCalls,
    ),
    figure("Declined asks", "run_ask: status ‘declined’", "count", measured.declinedAsks, runs),
  ];
}
