// What stands in a tree that git, a file system or a reader of paths takes for something else.
import type { Attempt } from "../attempt.ts";
import { file, gitlink, link, planted } from "./build.ts";

const STRICT = /git's strict check refused/;

const blocked = (
  id: string,
  name: string,
  by: Attempt["by"],
  leaves: (canary: string) => Parameters<typeof planted>[1][],
): Attempt => ({
  ...{ id, name, by, expected: "blocked" },
  make: (agent) => planted(agent, ...leaves(agent.canary)),
});

const config = (run: string): string =>
  `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = ${run}\n\tsshCommand = ${run}\n\thooksPath = hooks\n`;
const module = (name: string, lines: string): string => `[submodule "${name}"]\n${lines}`;

export const TREES: readonly Attempt[] = [
  blocked(
    "H05",
    "a bare repository with a config and hooks of its own",
    ["embedded_repository"],
    (canary) => [
      file("vendor/x/HEAD", "ref: refs/heads/main\n"),
      file("vendor/x/config", config(canary)),
      file("vendor/x/hooks/post-checkout", `#!/bin/sh\n${canary}\n`, "100755"),
      file("vendor/x/objects/info/packs", "\n"),
      file("vendor/x/refs/heads/main", `${"1".repeat(40)}\n`),
    ],
  ),
  ...[".git", ".GIT", "git~1", ".g\u200cit"].map((name) =>
    blocked("H06", `a folder named ${JSON.stringify(name)}`, [STRICT], (canary) => [
      file(`${name}/config`, config(canary)),
    ]),
  ),
  blocked("H06", "a folder named ..", [STRICT], () => [file("../escaped.js", "x\n")]),
  blocked("H07", "a submodule's address that is an option", [STRICT], (canary) => [
    file(".gitmodules", module("a", `\tpath = a\n\turl = -u${canary}\n`)),
  ]),
  blocked("H07", "a submodule's name that leaves its folder", [STRICT], () => [
    file(".gitmodules", module("../../x", "\tpath = a\n\turl = https://h.example/a\n")),
  ]),
  blocked("H07", "a submodule's path that is an option", [STRICT], () => [
    file(".gitmodules", module("a", "\tpath = -x\n\turl = https://h.example/a\n")),
  ]),
  blocked("H07", "a submodule's update that is a command", [STRICT], (canary) => [
    file(".gitmodules", module("a", `\tpath = a\n\turl = https://h.example/a\n\tupdate = !${canary}\n`)),
  ]),
  blocked("H08", "a submodule's path that ends in a carriage return", ["submodule_unsafe"], () => [
    gitlink("sub\r"),
  ]),
  blocked("H08", "a path in .gitmodules that ends in a carriage return", ["submodule_unsafe"], () => [
    file(".gitmodules", module("a", '\tpath = "sub\r"\n\turl = https://h.example/a\n')),
    gitlink("sub"),
  ]),
  blocked("H09", "a submodule beside a link of the same letters into .git", ["symlink_into_git"], () => [
    gitlink("A/modules/x"),
    link("a", ".git/modules"),
  ]),
  {
    ...{ id: "H10", name: "a submodule at a commit nobody knows, without .gitmodules" },
    ...{ expected: "extra_approver", by: ["submodule_change"] },
    make: (agent) => planted(agent, gitlink("sub")),
    look: ({ diff }) =>
      diff?.text.includes(`+Subproject commit ${"1".repeat(40)}`) ? [] : ["its commit is not shown"],
  },
  ...["/etc/passwd", "../..", "/proc/self/environ", "../../../../root/.ssh/id_rsa", "a/../../b"].map(
    (target) =>
      blocked("H11", `a link to ${target}`, ["symlink_outside_tree"], () => [link("escape", target)]),
  ),
  {
    ...{ id: "H11", name: "a link inside the tree, to a folder", expected: "shown", by: ["symlink_change"] },
    make: (agent) => planted(agent, link("lib", "src")),
    look: ({ patch, diff }) => [
      ...(patch?.files.some(({ path, modeAfter }) => path === "lib" && modeAfter !== null)
        ? []
        : ["it is not listed"]),
      ...(diff?.text.includes("new file mode 120000") && diff.text.includes("+src\n")
        ? []
        : ["its target is not shown"]),
    ],
  },
  ...[".git/hooks/pre-commit", ".GIT/config"].map((target) =>
    blocked("H12", `a link to ${target}`, ["symlink_into_git"], () => [link("hook", target)]),
  ),
  blocked("H12", ".gitmodules as a link", [STRICT], () => [link(".gitmodules", "src/sum.js")]),
  ...[".gitattributes", ".mailmap", ".gitignore"].map((name) =>
    blocked("H12", `${name} as a link`, ["symlink_as_git_file"], () => [link(name, "src/sum.js")]),
  ),
];
