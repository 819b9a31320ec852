// What the worker finds by the clock where repositories are connected to a forge.
import { rule } from "./make-rule.ts";
import type { FindingRule, Severity } from "./schema.ts";

/** About a forge, and of no run. */
export const FORGE_WATCH = {
  unheld: rule(
    ...(["forge_unheld", "patch", "high"] as const),
    [
      "GitHub no longer holds merges",
      "A rule there required the check pilothouse/merge, and does not any more: others can bring changes to the branch that nobody approved here.",
    ],
    ["T1562", null],
  ),
  hostKey: rule(
    ...(["upstream_host_key", "patch", "high"] as const),
    [
      "A repository's host shows another key",
      "Somebody may stand between the worker and the host. Nothing is fetched from there and nothing pushed until it shows a pinned key, or people pin the new one.",
    ],
    ["T1557", null],
  ),
  leftOpen: rule(
    ...(["forge_pull_left_open", "patch", "medium"] as const),
    [
      "A pull request was left open on the forge",
      "The repository was disconnected while an approved merge waited there, so nobody here can close it. Close it there: whoever may write can still merge it.",
    ],
    [null, null],
  ),
} as const;

/** The nearer the end, the graver. */
export const tokenEnds = (severity: Severity): FindingRule =>
  rule(
    ...(["forge_token_ends", "token", severity] as const),
    [
      "A token for GitHub is about to expire",
      "Approved merges of its repository wait from then on. Connect the repository anew, best by an app.",
    ],
    [null, null],
  );
