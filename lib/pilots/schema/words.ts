// Shapes that several parts of a charter are made of, with the sentence of each.
import { z } from "zod";

export const whole = (min: number, max: number, unit = "") => {
  const sentence = `Write a whole number from ${min} to ${max}${unit === "" ? "" : ` (${unit})`}.`;
  return z.int({ error: sentence }).min(min, sentence).max(max, sentence);
};

export const uniqueBy = <T>(items: readonly T[]) => new Set(items).size === items.length;

// Tabs and line breaks included: neither a path nor an argument of ours holds one.
export const CONTROL = /\p{Cc}/u;

export const each = <T extends z.ZodType>(word: T) =>
  z.array(word).max(100, "At most 100 of them.").refine(uniqueBy, "The same stands here twice.");

const GLOB =
  "Write paths inside the repository, one a line, such as src/** or **/*.test.js: no leading slash, no “..”, no “[”, “{”, “!” or “:” at the start.";

/** Relative, `/`-separated, with `*`, `?` and `**` only, as git reads `:(glob)` pathspecs. */
export const PathGlob = z
  .string({ error: GLOB })
  .min(1, GLOB)
  .max(300, GLOB)
  .refine((glob) => !CONTROL.test(glob) && !/^[/:!]|[[\]{}\\]|\/$|\/\//.test(glob), GLOB)
  .refine((glob) => glob.split("/").every((part) => part !== ".." && part !== "."), GLOB)
  .refine((glob) => glob.split("/").every((part) => part === "**" || !part.includes("**")), GLOB);

export const globs = (min: number, sentence: string) =>
  z
    .array(PathGlob, { error: sentence })
    .min(min, sentence)
    .max(100, "At most 100 paths.")
    .refine(uniqueBy, "The same path stands here twice.");
