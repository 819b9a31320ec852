// `npm run agents:add NAME` from the launcher's side.
import { shownBytes } from "#lib/disk/rules.ts";
import { MAX_SLOT } from "#lib/jail/bubblewrap/host.ts";
import { createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
import { prepareFolders } from "../layout.ts";
import type { Progress } from "../progress.ts";
import type { Deployment } from "../settings.ts";
import type { AgentsAct } from "./acts.ts";
import { type Added, addProgram, otherVersions } from "./add.ts";

/** Runners count from 0, the worker has the last. */
const SLOT = MAX_SLOT - 1;

function describe({ program }: Added, { pin }: AgentsAct, others: readonly string[]): string {
  const { folder, installed } = program;
  return [
    `    ${folder} (${shownBytes(installed.bytes)})`,
    `    npm package ${installed.package.name} ${installed.package.version}, licence ${pin.licence}, ${pin.home};`,
    "    parts by others have their licences among its files.",
    "    It runs inside sandboxes only, and reaches models only through the gateway.",
    "    Runners of this host find it from their next run on; nothing has to be started again.",
    `    To remove it: rm -r ${folder}`,
    ...others.map((other) => `    An older one is no longer used: rm -r ${other}`),
  ].join("\n");
}

/** Says what it did. */
export async function runAgentsAct(
  { layout, who }: Deployment,
  act: AgentsAct,
  progress: Progress,
): Promise<void> {
  const { agents } = layout;
  const name = `${act.pin.program} ${act.pin.version}`;
  await prepareFolders(layout, who);
  const sandbox = await createSandbox({ slot: SLOT, stateDirectory: layout.runners });
  let text = "";
  try {
    await progress.step(`Adding ${name} (a large download)`, async () => {
      const added = await addProgram(act.pin, { agents, sandbox, env: process.env, arch: process.arch });
      text = describe(added, act, await otherVersions(agents, act.pin));
      return added.isNew ? `${name} was added` : `${name} is there already, and whole`;
    });
  } finally {
    await sandbox.close();
  }
  progress.say(text);
}
