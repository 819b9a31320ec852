// What a call costs. Whole micro-units of US dollars, rounded up: a part of one is never given away. Products of tokens
// and rates go beyond 2^53, so they are made of bigints.
import type { Rates, Usage } from "./schema.ts";

/** Micro-units of a US cent. */
export const CENT = 10_000;

const PER = 1_000_000n;

/** Beyond any model's context, and any output; a count above is no count. */
export const MOST_TOKENS = 100_000_000;

const isCount = (tokens: number): boolean =>
  Number.isSafeInteger(tokens) && tokens >= 0 && tokens <= MOST_TOKENS;

/** Whether the numbers can be true of any call. */
export const isPlausible = ({ input, cached, cacheWrite, output, reasoning }: Usage): boolean =>
  [input, cached, cacheWrite, output, reasoning].every(isCount) &&
  cached + cacheWrite <= input &&
  reasoning <= output;

/** Micro-units for plausible usage. */
export function chargeFor(rates: Rates, usage: Usage): number {
  if (!isPlausible(usage)) throw new RangeError("usage that no call can have has no price");
  const { input, cached, cacheWrite, output, reasoning } = usage;
  const parts: readonly (readonly [tokens: number, rate: number])[] = [
    [input - cached - cacheWrite, rates.input],
    [cached, rates.cached],
    [cacheWrite, rates.cacheWrite],
    [output - reasoning, rates.output],
    [reasoning, rates.reasoning],
  ];
  const sum = parts.reduce((total, [tokens, rate]) => total + BigInt(tokens) * BigInt(rate), 0n);
  return Number((sum + PER - 1n) / PER);
}

const dearest = (...rates: readonly number[]): number => Math.max(...rates);

/**
 * The most that so many tokens may cost, whatever part of them is cached or reasoning. What a call holds back of its
 * budgets before it is sent.
 */
export function reservationOf(rates: Rates, contextTokens: number, maxOutputTokens: number): number {
  const worst = {
    input: dearest(rates.input, rates.cached, rates.cacheWrite),
    output: dearest(rates.output, rates.reasoning),
  };
  return chargeFor(
    { input: worst.input, cached: 0, cacheWrite: 0, output: worst.output, reasoning: 0 },
    { input: contextTokens, cached: 0, cacheWrite: 0, output: maxOutputTokens, reasoning: 0 },
  );
}

export interface Ended {
  readonly outcome: "done" | "failed" | "aborted" | "unknown";
  readonly status: number | null;
  readonly wasSent: boolean;
  readonly usage: Usage | null;
  readonly seen: { readonly outputTokens: number; readonly outputBytes: number };
  readonly reservedMicros: number;
  readonly contextTokens: number;
}

export interface Charge {
  readonly micros: number;
  /** What is charged for; null where it is an estimate. */
  readonly usage: Usage | null;
  readonly flags: readonly ("usage_missing" | "usage_invalid" | "aborted" | "estimated")[];
}

/** No token of a known vocabulary is longer; fewer tokens than this were not counted right. */
const BYTES_OF_A_TOKEN = 256;

/** Whether the provider's count denies what was seen of the response. */
const contradicts = (usage: Usage, { outputBytes }: Ended["seen"]): boolean =>
  usage.output * BYTES_OF_A_TOKEN < outputBytes;

/**
 * What is charged for a call that is over. From the provider's count where that can be true; else from what was asked
 * and what was seen, on the dear side, and flagged. A call nobody knows the end of costs all it held back, and so does one that was sent and ended without its
 * last count: reasoning that nobody saw may have been done, and providers bill it. An answer with an error's status
 * came before or instead of that.
 */
export function settledCharge(rates: Rates, ended: Ended): Charge {
  const { outcome, status, wasSent, usage, seen, reservedMicros } = ended;
  if (outcome === "unknown") return { micros: reservedMicros, usage: null, flags: ["estimated"] };
  const valid = usage !== null && isPlausible(usage) && !contradicts(usage, seen);
  const aborted = outcome === "aborted" ? (["aborted"] as const) : [];
  // A count that came while the stream went on is not the last one.
  if (valid && outcome === "done") return { micros: chargeFor(rates, usage), usage, flags: [] };
  const isError = status !== null && status >= 400;
  const isRefused = outcome === "failed" && isError;
  if (usage === null && seen.outputBytes === 0 && (!wasSent || isRefused))
    return { micros: 0, usage: null, flags: aborted };
  const seenMicros = estimated(rates, ended);
  const estimate = wasSent && !isError ? Math.max(seenMicros, reservedMicros) : seenMicros;
  if (valid)
    return { micros: Math.max(chargeFor(rates, usage), estimate), usage, flags: [...aborted, "estimated"] };
  const why = usage === null ? "usage_missing" : "usage_invalid";
  return { micros: estimate, usage: null, flags: [...aborted, why, "estimated"] };
}

/** All of the input as the reservation counted it, and the output that was seen. */
function estimated(rates: Rates, { contextTokens, seen }: Ended): number {
  const output = Math.min(MOST_TOKENS, Math.max(0, Math.ceil(seen.outputTokens)));
  return reservationOf(rates, Math.min(MOST_TOKENS, contextTokens), output);
}
