// Codex as `codex app-server`, one process and one CODEX_HOME per run, inside our sandbox. What its program is, and which
// version, is agents:add's business; this looks for it anew for each run.
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { type FoundProgram, findAgentProgram } from "#lib/agent-programs/find.ts";
import { CODEX } from "#lib/agent-programs/pins.ts";
import type { Clock } from "#lib/clock.ts";
import { refused } from "#lib/errors.ts";
import { HOME } from "#lib/jail/bubblewrap/box.ts";
import { TREE_ROOT } from "#runner/harness/git/trees.ts";
import type { AgentDriver, DriverCapabilities, ModelAccess } from "../port.ts";
import { modelDriver } from "../session/model-driver.ts";
import type { AgentProgram } from "../session/port.ts";
import { catalogFor } from "./catalog.ts";
import { CATALOG_FILE, CODEX_HOME, CONFIG_FILE, codexConfig, KEY_VARIABLE } from "./config.ts";
import { openTalk } from "./talk.ts";

const INSIDE = "/opt/codex";
/**
 * What another process needs to take a thread up: its history. The databases beside it are made again from that, and what
 * it keeps under locks is of one process.
 */
export const KEEPS: readonly string[] = [`${CODEX_HOME}/sessions`];
const PATH = "/opt/ph:/usr/local/bin:/usr/bin:/bin";

const caps: DriverCapabilities = {
  // What its model is saying is dropped; a command that runs goes on to its end first.
  steer: "preempt",
  approvals: true,
  resume: true,
  interrupt: true,
  deltas: true,
};

async function requireProgram(agents: string | null): Promise<FoundProgram> {
  const add = `run \`npm run agents:add ${CODEX.program}\` on the runner's host, then launch the run again.`;
  const search = agents === null ? ({ state: "absent" } as const) : await findAgentProgram(agents, CODEX);
  if (search.state === "found") return search.program;
  if (search.state === "damaged") throw refused(`${search.sentence} To mend it, ${add}`);
  throw refused(`This runner has no Codex ${CODEX.version}: ${add}`);
}

/** How Codex is started: with these four variables, its own configuration, and the one model of the run. */
export async function codexProgram(
  agents: string | null,
  { model, api, baseUrl, key }: Pick<ModelAccess, "model" | "api" | "baseUrl" | "key">,
): Promise<AgentProgram> {
  if (api !== "responses")
    throw refused(`Codex speaks the Responses API; the provider of ${model} is set to "${api}".`);
  const { files, binary, catalog } = await requireProgram(agents);
  if (catalog === null) throw refused("This Codex was added without the list of the models it knows.");
  const variables = { PATH, HOME, CODEX_HOME, [KEY_VARIABLE]: key };
  const environment = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const program = `${INSIDE}/${relative(files, binary)}`;
  return {
    // Strict: a line of its configuration that this version does not know would be a protection that is not there.
    command: ["/usr/bin/env", "-i", ...environment, program, "app-server", "--strict-config"],
    env: {},
    readOnly: { [files]: INSIDE },
    files: {
      [CONFIG_FILE]: codexConfig({ model, baseUrl, tree: TREE_ROOT }),
      [CATALOG_FILE]: catalogFor(model, await readFile(catalog, "utf8")),
    },
  };
}

export interface CodexOptions {
  /** Where agent programs are; null where this host has none. */
  readonly agents: string | null;
  /** Durations. */
  readonly clock: Clock;
}

export const codex = ({ agents, clock }: CodexOptions): AgentDriver =>
  modelDriver({
    name: CODEX.program,
    caps,
    program: (model) => codexProgram(agents, model),
    keeps: KEEPS,
    open: (conversation) => openTalk(conversation, { clock, tree: TREE_ROOT }),
  });
