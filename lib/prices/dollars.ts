// Prices as people write them, in dollars for a million tokens, and as they are kept, in whole micro-units.
import { z } from "zod";
import { Rates } from "./schema.ts";

const WRITTEN = /^\$?(\d{1,5})(?:\.(\d{1,6}))?$/;
const SENTENCE =
  "Write dollars for a million tokens, such as 1.25: digits, a point, at most six digits after it.";

/** "1.25" → 1,250,000. Exact: no fraction is ever held as a binary number. */
export const Dollars = z
  .string({ error: SENTENCE })
  .trim()
  .regex(WRITTEN, SENTENCE)
  .transform((text) => {
    const [, whole = "0", fraction = ""] = WRITTEN.exec(text) ?? [];
    return Number(whole) * 1_000_000 + Number(fraction.padEnd(6, "0"));
  });

/** 1,250,000 → "1.25"; what `Dollars` reads back as the same. */
export function dollarsOf(micros: number): string {
  const fraction = String(micros % 1_000_000)
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `${Math.floor(micros / 1_000_000)}.${fraction}`;
}

/** The fields of the form: what is left empty costs what the wider kind of token costs. */
export const WrittenRates = z
  .object({
    input: Dollars,
    cached: Dollars.or(z.literal("").transform(() => null)),
    cacheWrite: Dollars.or(z.literal("").transform(() => null)),
    output: Dollars,
    reasoning: Dollars.or(z.literal("").transform(() => null)),
  })
  .transform(({ input, cached, cacheWrite, output, reasoning }) => ({
    ...{ input, cached: cached ?? input, cacheWrite: cacheWrite ?? input },
    ...{ output, reasoning: reasoning ?? output },
  }))
  .pipe(Rates);
