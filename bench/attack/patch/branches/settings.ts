// Settings and hooks that make some git run a program: in the agent's own repository, in the one that is mirrored and pushed
// to, and as files of the tree.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRepository } from "#lib/testing/git/author.ts";
import { layTraps } from "#lib/testing/git/traps.ts";
import type { Agent, Attempt, Branch } from "../attempt.ts";
import { bundled } from "../walk.ts";
import { sprung, type World } from "../world.ts";
import { repaired } from "./build.ts";

type Lay = (gitDir: string, agent: Agent) => void;

/** The bundle is made before, as a runner makes it out of reach; then both repositories are trapped. */
function trapped(agent: Agent, head: string, lay: Lay): Branch {
  const branch = bundled(agent, head);
  lay(join(agent.work, ".git"), agent);
  lay(agent.upstream, agent);
  return branch;
}

const setting =
  (lines: (program: string) => string): Lay =>
  (gitDir, { canary, fresh }) => {
    const program = fresh("program");
    writeFileSync(program, `#!/bin/sh\n${canary}\ncat\n`, { mode: 0o755 });
    appendFileSync(join(gitDir, "config"), lines(program));
  };

const survives = (id: string, name: string, lay: Lay): Attempt => ({
  ...{ id, name, expected: "shown", by: [] },
  make: (agent) => trapped(agent, repaired(agent, { "README.md": "A module.\n" }), lay),
});

const DRIVERS = (run: string): string =>
  `[diff]\n\texternal = ${run}\n[diff "evil"]\n\ttextconv = ${run}\n\tcommand = ${run}\n[merge "evil"]\n\tdriver = ${run}\n` +
  `[filter "evil"]\n\tclean = ${run}\n\tsmudge = ${run}\n\tprocess = ${run}\n\trequired = true\n`;

const PROGRAMS = (run: string): string =>
  `[core]\n\tsshCommand = ${run}\n\tpager = ${run}\n\teditor = ${run}\n\taskPass = ${run}\n[gpg]\n\tprogram = ${run}\n` +
  `[credential]\n\thelper = !${run}\n[alias]\n\tfetch = !${run}\n\tdiff = !${run}\n\tpush = !${run}\n[uploadpack]\n\tpackObjectsHook = ${run}\n`;

const INCLUDED: Lay = (gitDir, agent) => {
  const included = agent.fresh("included");
  setting(
    (run) =>
      `[include]\n\tpath = ${included}\n[includeIf "gitdir:/"]\n\tpath = ${included}\n[core]\n\teditor = ${run}\n`,
  )(gitDir, agent);
  writeFileSync(included, `[core]\n\tfsmonitor = ${agent.canary}\n\thooksPath = ${agent.open}\n`);
};

const shownRaw: Attempt["look"] = ({ diff }) =>
  diff?.text.includes("+* filter=evil diff=evil merge=evil -text") && diff.text.includes("+driven\n")
    ? []
    : ["the raw lines are not shown"];

/** Whether an ordinary git obeys them, so that their silence means something. */
export function trapsAreSprung(world: World): boolean {
  const { workshop, canary, open } = world;
  const { path } = createRepository(workshop.fresh("control"), { "a.js": "one\n" });
  appendFileSync(join(path, ".git/config"), `[core]\n\tfsmonitor = ${canary}\n`);
  layTraps(join(path, ".git"), open);
  spawnSync("git", ["-c", "safe.directory=*", "status"], { cwd: path });
  return sprung(world) !== null;
}

export const SETTINGS: readonly Attempt[] = [
  survives(
    "H01",
    "core.fsmonitor in the agent's and the owners' repository",
    setting((run) => `[core]\n\tfsmonitor = ${run}\n`),
  ),
  survives("H02", "28 hooks, and core.hooksPath", (gitDir, { open }) => {
    mkdirSync(open, { recursive: true });
    layTraps(gitDir, open);
  }),
  {
    ...{ id: "H02", name: "hooks as files of the tree", expected: "shown", by: [] },
    make: (agent) =>
      repaired(agent, {
        "hooks/pre-commit": `#!/bin/sh\n${agent.canary}\n`,
        "hooks/reference-transaction": `#!/bin/sh\n${agent.canary}\n`,
      }),
  },
  {
    ...{ id: "H03", name: "diff, merge and filter drivers, by the tree's attributes" },
    ...{ expected: "extra_approver", by: ["git_attributes"], look: shownRaw },
    make: (agent) => {
      const attributes = "* filter=evil diff=evil merge=evil -text\n";
      const head = repaired(agent, { ".gitattributes": attributes, "driven.js": "driven\n" });
      return trapped(agent, head, setting(DRIVERS));
    },
  },
  {
    ...{ id: "H03", name: "attributes that keep a file out of the diff" },
    ...{ expected: "extra_approver", by: ["git_attributes"] },
    make: (agent) =>
      repaired(agent, {
        ".gitattributes": "*.js -diff binary linguist-generated\n",
        "hidden.js": "hidden\n",
      }),
    look: ({ diff }) => (diff?.text.includes("+hidden\n") ? [] : ["the file's lines are not shown"]),
  },
  survives("H04", "ssh, pager, editor, gpg, credentials, aliases, the pack hook", setting(PROGRAMS)),
  survives("H04", "settings that include others", INCLUDED),
  {
    ...{ id: "H04", name: "a config that is a file of the tree", expected: "shown", by: [] },
    make: (agent) => repaired(agent, { config: PROGRAMS(agent.canary), ".gitconfig": DRIVERS(agent.canary) }),
  },
];
