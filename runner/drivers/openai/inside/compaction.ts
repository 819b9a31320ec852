// A history that no longer fits is told anew by the model itself, in short; what people said stays word for word as far as it fits.
import type { Items } from "./answer.ts";

/** Characters for a token, where nobody counted yet. */
const CHARACTERS = 4;
const SAID = 40_000;

export const ORDER =
  "Your history is about to be cut to what you write now. Sum up for yourself, so that you can go on without it: the task and its rules, what you found out, what you changed and where, what you ran and what came of it, and what is left to do. Write only that.";

export const estimated = (items: Items): number => Math.ceil(JSON.stringify(items).length / CHARACTERS);

const isPerson = (item: Items[number]): boolean => "role" in item && item.role === "user";

/** What people said, the newest first as far as it fits, and the summary. */
export function compacted(items: Items, summary: string): Items {
  let left = SAID;
  const said = items
    .filter(isPerson)
    .toReversed()
    .filter((item) => {
      left -= JSON.stringify(item).length;
      return left >= 0;
    })
    .toReversed();
  return [
    ...said,
    { role: "user", content: `What you did so far, as you summed it up yourself:\n\n${summary}` },
  ];
}
