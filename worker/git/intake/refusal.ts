/** Why a bundle cannot become a patch at all. Rules on its content are in policy/. */
export const REFUSALS = [
  "malformed_bundle",
  "too_large",
  "too_many_objects",
  "too_many_commits",
  "too_many_files",
  "git_strict_check",
  "unreadable_pack",
  "unreadable_tree",
  "path_not_utf8",
  "path_too_deep",
  "no_change",
] as const;

export type RefusalRule = (typeof REFUSALS)[number];

export interface Refusal {
  readonly outcome: "refused";
  readonly rule: RefusalRule;
  readonly sentence: string;
}

export const refusal = (rule: RefusalRule, sentence: string): Refusal => ({
  outcome: "refused",
  rule,
  sentence,
});
