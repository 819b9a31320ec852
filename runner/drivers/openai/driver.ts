// The agent that needs no installation: our own loop on the openai SDK, run by the sandbox's own Node. The loop's files and the
// SDK are mounted read-only.
import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { USUAL_HISTORY } from "#lib/agents/rules.ts";
import { refused } from "#lib/errors.ts";
import { reachableFolder } from "#lib/jail/bubblewrap/files.ts";
import type { AgentDriver } from "../port.ts";
import { modelDriver } from "../session/model-driver.ts";
import type { AgentProgram } from "../session/port.ts";
import { openTalk } from "./talk.ts";

/** The SDK the loop is written for; another one may say the same things in other events. */
const SDK_VERSION = "7.57.0";
const LOOP = "/opt/agent/loop";
/** Where the loop keeps what was said. */
const HISTORY = "/home/agent/.loop";
const SDK = "/opt/agent/node_modules/openai";

export interface OpenaiOptions {
  /** Where copies are kept for a sandbox whose user cannot enter this checkout. */
  readonly stateFolder: string;
  /** The sandbox's user; null when it is our own. */
  readonly uid: number | null;
}

export const createOpenai = (options: OpenaiOptions): AgentDriver =>
  modelDriver({
    name: "openai",
    caps: { steer: "tool_boundary", approvals: true, resume: true, interrupt: true, deltas: true },
    program: async ({ model, api, baseUrl, key, historyTokens }) => {
      if (api !== "responses") throw refused("The openai agent speaks the Responses API only.");
      const above = String(historyTokens ?? USUAL_HISTORY);
      const env = { PH_MODEL: model, PH_BASE_URL: baseUrl, PH_KEY: key, PH_COMPACT_ABOVE: above };
      return programOf(options, env);
    },
    keeps: [HISTORY],
    open: openTalk,
  });

async function programOf(
  { stateFolder, uid }: OpenaiOptions,
  env: Record<string, string>,
): Promise<AgentProgram> {
  const sdk = sdkFolder();
  const folder = (host: string, name: string) => reachableFolder({ stateFolder, uid, host, name });
  return {
    command: ["node", `${LOOP}/main.ts`],
    env,
    readOnly: {
      [await folder(path.join(import.meta.dirname, "inside"), "openai-loop")]: LOOP,
      [await folder(sdk, `openai-sdk-${SDK_VERSION}`)]: SDK,
    },
  };
}

function sdkFolder(): string {
  const folder = path.dirname(realpathSync(fileURLToPath(import.meta.resolve("openai"))));
  const { version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
    version?: unknown;
  };
  if (version === SDK_VERSION) return folder;
  throw refused(`The openai agent needs the openai package ${SDK_VERSION}; ${String(version)} is installed.`);
}
