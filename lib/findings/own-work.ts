// What the worker finds in its own work and in what it keeps.
import { rule } from "./make-rule.ts";

/** It makes reverts itself, and gave one up. */
export const REVERT_NOT_MADE = rule(
  ...(["revert_not_made", "patch", "high"] as const),
  [
    "A merge that was to be undone was not",
    "The worker could not make the patch, however often it tried: what people wanted back is still on the branch.",
  ],
  [null, null],
);

/** By a restore of one without the other, or by somebody who had the folder. */
export const CONTENT_GONE = rule(
  ...(["content_gone", "patch", "high"] as const),
  [
    "Contents that the record names are not there",
    "A patch, a diff or a file of the run is gone from the folder of large contents, though nobody deleted it here: nothing shows or merges it any more.",
  ],
  ["T1485", null],
);
