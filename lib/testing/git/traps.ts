// Fills a repository with everything that makes some git run a program: each would leave the canary file.
import { appendFileSync, chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const HOOKS = [
  ...[
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
  ],
  ...[
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-push",
    "pre-receive",
    "update",
  ],
  ...[
    "proc-receive",
    "post-receive",
    "post-update",
    "reference-transaction",
    "push-to-checkout",
    "pre-auto-gc",
  ],
  ...["post-rewrite", "sendemail-validate", "fsmonitor-watchman", "p4-changelist", "p4-prepare-changelist"],
  ...["p4-post-changelist", "p4-pre-submit", "post-index-change"],
];

export interface Traps {
  readonly hookCount: number;
  /** True once any of the traps was sprung. */
  sprung(): boolean;
}

const settings = (run: string, hooks: string, include: string): string => `
[core]
	fsmonitor = ${run}
	hooksPath = ${hooks}
	sshCommand = ${run}
	gitProxy = ${run}
	pager = ${run}
	editor = ${run}
	askPass = ${run}
	alternateRefsCommand = ${run}
[diff]
	external = ${run}
[diff "evil"]
	textconv = ${run}
	command = ${run}
[filter "evil"]
	clean = ${run}
	smudge = ${run}
	process = ${run}
	required = true
[merge "evil"]
	driver = ${run}
[gpg]
	program = ${run}
[credential]
	helper = !${run}
[alias]
	status = !${run}
	fetch = !${run}
	push = !${run}
[uploadpack]
	packObjectsHook = ${run}
	allowFilter = true
	allowAnySHA1InWant = true
[receive]
	denyCurrentBranch = updateInstead
	autogc = true
[gc]
	auto = 1
	recentObjectsHook = ${run}
[maintenance]
	auto = true
[protocol]
	allow = always
[protocol "ext"]
	allow = always
[extensions]
	partialClone = evil
[remote "evil"]
	url = ext::${run}
	promisor = true
	partialclonefilter = blob:none
	uploadpack = ${run}
	receivepack = ${run}
[remote "origin"]
	url = ext::${run}
	uploadpack = ${run}
[include]
	path = ${include}
`;

/** `gitDir` is the repository's own folder; `folder` (world-writable) gets the programs and the canary. */
export function layTraps(gitDir: string, folder: string): Traps {
  const hooks = join(folder, "hooks");
  const canary = join(folder, "canary");
  mkdirSync(hooks, { recursive: true });
  chmodSync(folder, 0o777);
  const program = join(folder, "spring");
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> ${canary}\n`, { mode: 0o755 });
  for (const name of HOOKS) {
    for (const place of [hooks, join(gitDir, "hooks")]) {
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, name), `#!/bin/sh\necho "hook ${name}" >> ${canary}\n`, { mode: 0o755 });
    }
  }
  const include = join(folder, "included");
  writeFileSync(include, `[core]\n\tfsmonitor = ${program}\n\thooksPath = ${hooks}\n`);
  appendFileSync(join(gitDir, "config"), settings(program, hooks, include));
  mkdirSync(join(gitDir, "info"), { recursive: true });
  writeFileSync(join(gitDir, "info/attributes"), "* filter=evil diff=evil merge=evil\n");
  return { hookCount: HOOKS.length, sprung: () => existsSync(canary) };
}
