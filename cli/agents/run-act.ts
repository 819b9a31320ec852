// `npm run agents:add NAME` from the launcher's side.
import { shownBytes } from "#lib/disk/rules.ts";
import { MAX_SLOT } from "#lib/jail/bubblewrap/host.ts";
import { createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
import { prepareFolders } from "../layout.ts";
import type { Deployment } from "../settings.ts";
import type { AgentsAct } from "./acts.ts";
import { type Added, addProgram, otherVersions } from "./add.ts";

/** Runners count from 0, the worker has the last. */
const SLOT = MAX_SLOT - 1;

function describe({ program, isNew }: Added, { pin }: AgentsAct, others: readonly string[]): string {
  const { folder, installed } = program;
  return [
    `${pin.program} ${pin.version} ${isNew ? "was added" : "is there already, and whole"}: ${folder}`,
    `  ${shownBytes(installed.bytes)}; npm package ${installed.package.name} ${installed.package.version}; licence ${pin.licence} (${pin.home})`,
    "  It runs inside sandboxes only, and reaches models only through the gateway.",
    "  Runners of this host find it from their next run on; nothing has to be started again.",
    `  To remove it: rm -r ${folder}`,
    ...others.map((other) => `  An older one is no longer used: rm -r ${other}`),
  ].join("\n");
}

/** What it says in the end. */
export async function runAgentsAct({ layout, who }: Deployment, act: AgentsAct): Promise<string> {
  await prepareFolders(layout, who);
  const sandbox = await createSandbox({ slot: SLOT, stateDirectory: layout.runners });
  try {
    const added = await addProgram(act.pin, {
      agents: layout.agents,
      sandbox,
      env: process.env,
      arch: process.arch,
    });
    return describe(added, act, await otherVersions(layout.agents, act.pin));
  } finally {
    await sandbox.close();
  }
}
