// Every rule a patch is held against, and what it costs: `block` ends the patch, `extra_approver` asks for another
// person, `notice` is shown. The names are the words of database, wire and page.
import { shownPath } from "../sentences.ts";

const RULES = {
  outside_scope: ["block", "is outside the paths this charter allows"],
  forbidden_path: ["block", "is a path this charter forbids"],
  too_large: ["block", "is too much for this charter"],
  git_directory_name: ["block", "has a name that git or a file system takes for a repository's own folder"],
  embedded_repository: ["block", "is part of a git repository hidden inside the tree"],
  submodule_unsafe: ["block", "describes a submodule in a way that runs commands or leaves the tree"],
  symlink_outside_tree: ["block", "is a symbolic link that leads out of the tree"],
  symlink_into_git: ["block", "is a symbolic link into a repository's own folder"],
  symlink_as_git_file: ["block", "is read by git itself and must not be a symbolic link"],
  lockfile_new_host: ["block", "takes packages from a place the base does not use"],
  lockfile_hash_changed: ["block", "changes the checksum of a package without changing its version"],
  lockfile_unreadable: ["block", "cannot be read as the lockfile it claims to be"],
  package_indicated: ["block", "brings a package that a list of indicators names as malicious"],
  licence_outside: ["block", "brings a licence that the charter does not allow"],
  test_weakened: ["extra_approver", "holds the patch to less than the base's tests did"],
  test_unreadable: ["extra_approver", "could not be read: nobody knows what it does to tests"],
  protected_path: ["extra_approver", "is a protected path of this charter"],
  submodule_change: ["extra_approver", "changes a submodule; its content is not fetched"],
  ci_config: ["extra_approver", "changes what is run to build, test or deploy"],
  code_owners: ["extra_approver", "changes who must review"],
  agent_rules: ["extra_approver", "is read as instructions by agents or editors"],
  package_manager_config: ["extra_approver", "configures a package manager"],
  manifest_change: ["extra_approver", "declares dependencies or scripts"],
  lockfile_change: ["extra_approver", "pins dependencies"],
  install_script: ["extra_approver", "changes a script that runs on installation"],
  manifest_disagrees: ["extra_approver", "asks for other packages than the file beside it"],
  lockfile_hash_added: [
    "extra_approver",
    "allows further checksums of a package without changing its version",
  ],
  indicators_unread: ["extra_approver", "was not held against every indicator of the list"],
  package_alike: ["extra_approver", "brings a package whose name is much like another's"],
  package_moved: ["extra_approver", "takes a package from another registry than before"],
  licence_unknown: ["extra_approver", "brings a package whose licence is not known"],
  git_attributes: ["extra_approver", "changes how git and tools treat files"],
  lfs_config: ["extra_approver", "changes where large files are taken from"],
  name_collision: [
    "extra_approver",
    "is the same name as another file where case or Unicode form do not count",
  ],
  bidi_control: ["extra_approver", "gains characters that reorder what is shown"],
  invisible_characters: ["extra_approver", "gains characters that cannot be seen"],
  not_inspected: ["extra_approver", "is too large to be searched for hidden characters"],
  test_integrity: ["extra_approver", "is a test or harness file of the base"],
  test_added: ["notice", "is a new test or harness file"],
  left_behind: [
    "notice",
    "was added in the agent's branch and taken away again in it; nothing of it is published: what is merged is one commit of ours that holds the last tree alone",
  ],
  control_in_name: ["notice", "has control, invisible or misleading characters in its name"],
  mixed_script: ["notice", "gains words that mix alphabets which look alike"],
  lfs_pointer: ["notice", "is a pointer to a large file; the file itself is not fetched"],
  mode_change: ["notice", "changes between executable and not"],
  symlink_change: ["notice", "is a symbolic link"],
} as const satisfies Record<string, readonly [Severity, string]>;

export type Severity = "block" | "extra_approver" | "notice";
export type RuleName = keyof typeof RULES;
export const RULE_NAMES = Object.keys(RULES) as RuleName[];

export interface Flag {
  readonly rule: RuleName;
  readonly severity: Severity;
  /** null where it speaks of more files than are listed. */
  readonly path: string | null;
  /** One plain sentence, safe to show. */
  readonly sentence: string;
}

/** A flag on one path; `detail` is our own text or made plain by the caller. */
export function flag(rule: RuleName, path: string, detail?: string): Flag {
  const [severity, words] = RULES[rule];
  const tail = detail === undefined ? "" : ` (${detail})`;
  return { rule, severity, path, sentence: `${shownPath(path)} ${words}${tail}.` };
}

const SHOWN_PER_RULE = 50;
const ORDER: Record<Severity, number> = { block: 0, extra_approver: 1, notice: 2 };

/** Worst first; of a rule that strikes very often the first fifty, and how many more. */
export function arranged(flags: readonly Flag[]): Flag[] {
  const arrangedFlags = RULE_NAMES.flatMap((rule) => {
    const own = flags.filter((candidate) => candidate.rule === rule);
    if (own.length <= SHOWN_PER_RULE) return own;
    const [severity, words] = RULES[rule];
    const rest = {
      rule,
      severity,
      path: null,
      sentence: `${own.length - SHOWN_PER_RULE} more files: ${words}.`,
    };
    return [...own.slice(0, SHOWN_PER_RULE), rest];
  });
  return arrangedFlags.sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}
