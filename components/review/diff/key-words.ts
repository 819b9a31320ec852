// Every key of the review page, once.

/** What a key does, for the sheet of keys. */
export const REVIEW_KEYS = {
  j: "next file",
  k: "file before",
  n: "next hunk",
  p: "hunk before",
  h: "next hidden content",
  "/": "find in the whole patch",
  v: "viewed, and on to the next file",
  "Shift+↑": "choose a line more above, or one less",
  "Shift+↓": "choose a line more below, or one less",
  c: "comment on the lines chosen, or on the first in sight",
  w: "what wrote the lines chosen",
  s: "send open comments to the agent",
  a: "approve",
  x: "reject",
} as const;
