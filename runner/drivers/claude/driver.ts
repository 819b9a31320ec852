// Claude by its Agent SDK, where the operator has added it: one program and one folder of its own per run, inside our sandbox.
import path from "node:path";
import { type FoundProgram, findAgentProgram } from "#lib/agent-programs/find.ts";
import { CLAUDE } from "#lib/agent-programs/pins.ts";
import type { Clock } from "#lib/clock.ts";
import { refused } from "#lib/errors.ts";
import { HOME } from "#lib/jail/bubblewrap/box.ts";
import { reachableFolder } from "#lib/jail/bubblewrap/files.ts";
import { TREE_ROOT } from "#runner/harness/git/trees.ts";
import type { AgentDriver, ModelAccess } from "../port.ts";
import { modelDriver } from "../session/model-driver.ts";
import type { AgentProgram } from "../session/port.ts";
import { openTalk } from "./talk.ts";

const INSIDE = "/opt/claude";
const LIBRARY = "/opt/claude-sdk";
const BRIDGE = "/opt/agent/bridge";
const CONFIG = "/work/claude";
const PATH = "/opt/ph:/usr/local/bin:/usr/bin:/bin";

export interface ClaudeOptions {
  /** Where agent programs are; null where this host has none. */
  readonly agents: string | null;
  /** Where copies are kept for a sandbox whose user cannot enter this checkout. */
  readonly stateFolder: string;
  /** The sandbox's user; null when it is our own. */
  readonly uid: number | null;
  /** Durations. */
  readonly clock: Clock;
}

async function requireProgram(agents: string | null): Promise<FoundProgram & { readonly library: string }> {
  const add = `run \`npm run agents:add ${CLAUDE.program}\` on the runner's host, then launch the run again.`;
  const search = agents === null ? ({ state: "absent" } as const) : await findAgentProgram(agents, CLAUDE);
  if (search.state === "absent") throw refused(`This runner has no Claude ${CLAUDE.version}: ${add}`);
  const { library } = search.state === "found" ? search.program : { library: null };
  if (search.state === "damaged") throw refused(`${search.sentence} To mend it, ${add}`);
  if (library === null) throw refused(`The Claude of this runner has no SDK beside it. To mend it, ${add}`);
  return { ...search.program, library };
}

/** What it is told by its environment: where models are, and that nothing else is to be asked. */
const environment = (baseUrl: string, key: string): Record<string, string> => ({
  PATH,
  HOME,
  LANG: "C.UTF-8",
  CLAUDE_CONFIG_DIR: CONFIG,
  // The SDK puts /v1 before its paths itself.
  ANTHROPIC_BASE_URL: baseUrl.replace(/\/v1$/, ""),
  ANTHROPIC_AUTH_TOKEN: key,
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  CLAUDE_CODE_MAX_RETRIES: "2",
  DISABLE_AUTOUPDATER: "1",
  DISABLE_TELEMETRY: "1",
  DISABLE_ERROR_REPORTING: "1",
});

export async function claudeProgram(
  { agents, stateFolder, uid }: ClaudeOptions,
  { model, api, baseUrl, key }: Pick<ModelAccess, "model" | "api" | "baseUrl" | "key">,
): Promise<AgentProgram> {
  if (api !== "messages")
    throw refused(`Claude speaks the Messages API; the provider of ${model} is set to "${api}".`);
  const { files, binary, library } = await requireProgram(agents);
  const bridge = await reachableFolder({
    stateFolder,
    uid,
    host: path.join(import.meta.dirname, "inside"),
    name: "claude-bridge",
  });
  const variables = Object.entries(environment(baseUrl, key)).map(([name, value]) => `${name}=${value}`);
  const program = `${INSIDE}/${path.relative(files, binary)}`;
  return {
    command: [
      "/usr/bin/env",
      "-i",
      ...variables,
      "node",
      `${BRIDGE}/bridge.ts`,
      `${LIBRARY}/sdk.mjs`,
      program,
    ],
    env: {},
    readOnly: { [files]: INSIDE, [library]: LIBRARY, [bridge]: BRIDGE },
  };
}

export const createClaude = (options: ClaudeOptions): AgentDriver =>
  modelDriver({
    name: CLAUDE.program,
    caps: { steer: "tool_boundary", approvals: true, resume: true, interrupt: true, deltas: true },
    keeps: [`${CONFIG}/projects`],
    program: (model) => claudeProgram(options, model),
    open: (conversation) => openTalk(conversation, { clock: options.clock, tree: TREE_ROOT }),
  });
