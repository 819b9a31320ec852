// Every rule there is, by its id: those over commands and texts, and those of what else looks.
import { COMMAND_RULES } from "./conduct/command-rules.ts";
import type { PatternRule } from "./conduct/read-rules.ts";
import { TEXT_RULES } from "./conduct/text-rules.ts";
import { FORGE_WATCH, tokenEnds } from "./forge-watch.ts";
import { rule } from "./make-rule.ts";
import { CONTENT_GONE, REVERT_NOT_MADE } from "./own-work.ts";
import type { FindingRule, Severity } from "./schema.ts";

const CREDENTIALS = ["T1552.001", "AML.T0055"] as const;
const EGRESS = ["T1071.001", "AML.T0025"] as const;
const STOLEN = ["T1528", "AML.T0055"] as const;
const LEAK = ["T1567", "AML.T0057"] as const;

export const SECRET_IN = {
  patch: rule(
    ...(["secret_in_patch", "secret", "high"] as const),
    ["The patch adds a secret", "Merged, it is in the repository's history for ever."],
    CREDENTIALS,
  ),
  left: rule(
    ...(["secret_left_behind", "secret", "medium"] as const),
    [
      "An earlier commit of the agent's held a secret",
      "It was taken away again and is not published, but the agent had it, and its provider may: change it.",
    ],
    CREDENTIALS,
  ),
  command: rule(
    ...(["secret_in_command", "secret", "medium"] as const),
    ["A command holds a secret", "The agent has it, and everybody who may read the run sees where it was."],
    CREDENTIALS,
  ),
  output: rule(
    ...(["secret_in_output", "secret", "medium"] as const),
    [
      "A command printed a secret",
      "What a command prints goes to the model, and from there to its provider.",
    ],
    CREDENTIALS,
  ),
  message: rule(
    ...(["secret_in_message", "secret", "medium"] as const),
    ["The agent wrote a secret", "It read it somewhere, and its provider has it."],
    LEAK,
  ),
} as const;

export const NOT_SEARCHED_RULE = rule(
  ...(["not_searched", "secret", "low"] as const),
  ["Something was too long to be searched", "What is in it was not looked at by any rule."],
  [null, null],
);

export const OUTPUT_FLOOD = rule(
  ...(["output_flood", "conduct", "low"] as const),
  [
    "A command printed far more than is kept",
    "What was dropped was looked at by nobody; a flood may hide something.",
  ],
  ["T1499.001", "AML.T0029"],
);

export const EGRESS_RULES = {
  metadata: rule(
    ...(["relay_metadata", "egress", "high"] as const),
    [
      "The agent asked its way out for a cloud's metadata",
      "It hands out the credentials of the machine. Nothing left.",
    ],
    ["T1552.005", "AML.T0055"],
  ),
  host: rule(
    ...(["relay_other_host", "egress", "medium"] as const),
    ["The agent asked its way out for another host", "Only its model can be reached there. Nothing left."],
    EGRESS,
  ),
  path: rule(
    ...(["relay_other_path", "egress", "low"] as const),
    ["The agent asked its way out for something else than a model", "Nothing left."],
    EGRESS,
  ),
  setup: rule(
    ...(["setup_denied_host", "egress", "medium"] as const),
    [
      "Setup asked for a host that the charter does not allow",
      "What is installed wants more than packages. Nothing left.",
    ],
    EGRESS,
  ),
} as const;

export const TOKEN_RULES = {
  token_of_another_runner: rule(
    ...(["token_of_another_runner", "token", "critical"] as const),
    ["A runner used the token of another runner's run", "A token left the host it was given to."],
    STOLEN,
  ),
  token_unknown: rule(
    ...(["token_unknown", "token", "medium"] as const),
    ["A runner used a run token that is not known", "It was made up, or its lease is long gone."],
    STOLEN,
  ),
  lease_over: rule(
    ...(["token_after_lease", "token", "low"] as const),
    ["A run token was used after its lease", "It opened nothing. Once or twice is an agent that was ending."],
    STOLEN,
  ),
  run_not_working: rule(
    ...(["token_while_held", "token", "low"] as const),
    [
      "A run token was used while its run was held",
      "It opened nothing. Once or twice is an agent that was paused.",
    ],
    STOLEN,
  ),
  signature: rule(
    ...(["runner_signature", "token", "high"] as const),
    ["A request was not signed by the runner it names", "Somebody pretends to be a runner."],
    ["T1550.001", null],
  ),
  revoked: rule(
    ...(["runner_revoked", "token", "medium"] as const),
    ["A runner that was revoked asked again", "It is still running somewhere."],
    ["T1078", null],
  ),
} as const;

export const OUTBOUND_RULES = {
  outbound_policy: rule(
    ...(["outbound_blocked", "outbound", "high"] as const),
    ["A request to a model held what may not leave", "The charter's policy stopped it. Nothing was sent."],
    LEAK,
  ),
  not_allowed: rule(
    ...(["gateway_not_allowed", "outbound", "medium"] as const),
    [
      "A request to a model asked for what is not allowed",
      "The gateway stopped it: a tool, an address or a stored object that makes a provider fetch or remember.",
    ],
    LEAK,
  ),
  wrong_model: rule(
    ...(["gateway_wrong_model", "outbound", "medium"] as const),
    ["The agent asked for another model than its own", "It was refused."],
    [null, "AML.T0053"],
  ),
  masked: rule(
    ...(["outbound_masked", "outbound", "low"] as const),
    [
      "A request to a model was sent with something masked",
      "The agent has read what the charter does not let leave.",
    ],
    LEAK,
  ),
} as const;

export const leftOut = (severity: Severity): FindingRule =>
  rule(
    ...([`left_out_${severity}`, "conduct"] as const),
    severity,
    [
      `More findings of ${severity} severity than are kept`,
      "They were counted and not kept one by one; many at once may be there to hide one.",
    ],
    ["T1562.006", "AML.T0107"],
  );

/** By the rule's name in the tree policy. What is not here is no finding. */
const TREE: Readonly<Record<string, readonly [Severity, string | null]>> = {
  outside_scope: ["medium", null],
  forbidden_path: ["medium", null],
  too_large: ["low", null],
  git_directory_name: ["high", "T1036.005"],
  embedded_repository: ["high", "T1546"],
  submodule_unsafe: ["high", "T1195.002"],
  symlink_outside_tree: ["high", "T1083"],
  symlink_into_git: ["high", "T1546"],
  symlink_as_git_file: ["high", "T1546"],
  lockfile_new_host: ["high", "T1195.002"],
  lockfile_hash_changed: ["high", "T1195.002"],
  lockfile_unreadable: ["medium", "T1195.002"],
  test_weakened: ["medium", null],
  test_unreadable: ["low", null],
  protected_path: ["low", null],
  submodule_change: ["medium", "T1195.002"],
  ci_config: ["medium", "T1195.002"],
  code_owners: ["medium", "T1562"],
  agent_rules: ["medium", null],
  package_manager_config: ["medium", "T1195.002"],
  manifest_change: ["low", "T1195.001"],
  lockfile_change: ["low", "T1195.001"],
  install_script: ["medium", "T1195.002"],
  manifest_disagrees: ["medium", "T1195.001"],
  lockfile_hash_added: ["medium", "T1195.002"],
  package_indicated: ["high", "T1195.002"],
  indicators_unread: ["medium", null],
  package_alike: ["medium", "T1195.001"],
  package_moved: ["medium", "T1195.001"],
  licence_outside: ["medium", null],
  licence_unknown: ["low", null],
  git_attributes: ["medium", "T1546"],
  lfs_config: ["medium", "T1195.002"],
  name_collision: ["low", "T1036"],
  bidi_control: ["medium", "T1027"],
  invisible_characters: ["medium", "T1027"],
  not_inspected: ["low", null],
  test_integrity: ["low", null],
  control_in_name: ["low", "T1036"],
  mixed_script: ["low", "T1036"],
  left_behind: ["low", "T1070.004"],
};
const OF_AGENTS: Readonly<Record<string, string>> = {
  agent_rules: "AML.T0081",
  bidi_control: "AML.T0068",
  invisible_characters: "AML.T0068",
};

/** Null for what the tree policy only mentions. */
export function treeRule(name: string): FindingRule | null {
  const [severity, attack] = TREE[name] ?? [];
  if (severity === undefined) return null;
  const words = name.replaceAll("_", " ");
  const why = ["high"].includes(severity)
    ? "The patch was refused for it: files of this kind run programs or lead out of the tree."
    : "Files of this kind mean more than their lines: another pair of eyes is asked for where the charter says so.";
  return rule(
    ...([`tree_${name}`, "patch", severity] as const),
    [`Tree policy: ${words}`, why],
    [attack ?? null, OF_AGENTS[name] ?? null],
  );
}

/** A bundle that git itself would not take, or that is no bundle. */
export const BUNDLE_REFUSED = rule(
  ...(["bundle_refused", "patch", "high"] as const),
  [
    "What the agent handed in was refused before it was a patch",
    "It breaks the rules of git or the limits of an import.",
  ],
  ["T1195.002", null],
);

export const FORGE_RULES = {
  differs: rule(
    ...(["merged_other_tree", "patch", "critical"] as const),
    [
      "What was merged is not what was approved",
      "The branch got another tree than the one the approval covers, or that tree on another base: nobody here looked at the difference.",
    ],
    ["T1195.002", null],
  ),
  unapproved: rule(
    ...(["merged_unapproved", "patch", "critical"] as const),
    [
      "A run's change reached the branch without its approval",
      "Somebody brought it there past the merge gate. The pilot is stopped until people have looked.",
    ],
    ["T1562", null],
  ),
  rewritten: rule(
    ...(["merge_rewritten", "patch", "high"] as const),
    [
      "The branch no longer holds an approved merge",
      "Its history was rewritten: what was approved and merged is not among what it stands on. Nobody here decided that.",
    ],
    ["T1565", null],
  ),
} as const;

export const CONTROL_RULES = {
  failed: rule(
    ...(["control_failed", "control", "high"] as const),
    [
      "A control did not hold when it was tested",
      "The self-test tried it on this installation, and it let through what it should refuse. See Controls.",
    ],
    ["T1562", null],
  ),
  old: rule(
    ...(["control_unproved", "control", "high"] as const),
    [
      "A control has not been proved for two days",
      "It held, and the self-test could not try it since: nobody knows whether it still does. See Controls.",
    ],
    ["T1562", null],
  ),
} as const;

export const PATTERN_RULES: readonly PatternRule[] = [...COMMAND_RULES, ...TEXT_RULES];

const ALL: readonly FindingRule[] = [
  ...Object.values(SECRET_IN),
  NOT_SEARCHED_RULE,
  OUTPUT_FLOOD,
  ...Object.values(EGRESS_RULES),
  ...Object.values(TOKEN_RULES),
  ...Object.values(OUTBOUND_RULES),
  BUNDLE_REFUSED,
  ...Object.values(FORGE_RULES),
  ...Object.values(FORGE_WATCH),
  ...Object.values(CONTROL_RULES),
  REVERT_NOT_MADE,
  CONTENT_GONE,
  tokenEnds("low"),
  ...(["low", "medium", "high", "critical"] as const).map(leftOut),
  ...Object.keys(TREE).flatMap((name) => treeRule(name) ?? []),
  ...PATTERN_RULES,
];
const BY_ID = new Map(ALL.map((each) => [each.id, each]));

export const RULE_IDS: readonly string[] = ALL.map(({ id }) => id);

/** What is known of a rule now; a finding outlives the rule it was made by. */
export function ruleOf(id: string, kept: Pick<FindingRule, "source" | "severity">): FindingRule {
  const known = BY_ID.get(id);
  if (known) {
    const { source, title, why, attack, atlas } = known;
    return { id, source, title, why, attack, atlas, severity: kept.severity };
  }
  const title = id.replaceAll("_", " ");
  return {
    id,
    ...kept,
    title,
    why: "The rule is not among those of this version.",
    attack: null,
    atlas: null,
  };
}
