// The agent that needs no installation: our own loop on the openai SDK, run by the sandbox's own Node. The loop's files and the
// SDK are mounted read-only.
import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { refused } from "#lib/errors.ts";
import { reachableFolder } from "#lib/jail/bubblewrap/files.ts";
import type { AgentDriver } from "../port.ts";
import { modelDriver } from "../session/model-driver.ts";
import type { OneTurn as Conversation, Ending } from "../session/one-turn.ts";
import type { AgentProgram } from "../session/port.ts";
import { LoopLine } from "./lines.ts";

/** The SDK the loop is written for; another one may say the same things in other events. */
const SDK_VERSION = "7.57.0";
const LOOP = "/opt/agent/loop";
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
    caps: { steer: "none", approvals: false, resume: false, interrupt: false, deltas: true },
    program: async ({ model, api, baseUrl, key }) => {
      if (api !== "responses") throw refused("The openai agent speaks the Responses API only.");
      return programOf(options, { PH_MODEL: model, PH_BASE_URL: baseUrl, PH_KEY: key });
    },
    converse,
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

async function converse({ agent, record, prompt }: Conversation): Promise<Ending> {
  for await (const line of agent.lines) {
    const ending = await take(parse(line), { agent, record, prompt });
    if (ending === null) continue;
    await agent.stop();
    return ending;
  }
  const { code, stderr } = await agent.ended;
  return {
    outcome: "failed",
    reason: `The agent ended without a word (exit ${code ?? "none"}). ${stderr.trim().slice(-1500)}`.trim(),
  };
}

function parse(line: string): LoopLine {
  try {
    return LoopLine.parse(JSON.parse(line));
  } catch {
    throw refused("The agent said something that is not a line of its loop.");
  }
}

/** Null while it goes on. */
async function take(
  said: LoopLine,
  { agent, record, prompt }: Omit<Conversation, "signal">,
): Promise<Ending | null> {
  const goOn = (id: string) => agent.send(JSON.stringify({ type: "go_on", id }));
  switch (said.type) {
    case "bound":
      await record.bound("openai", said.session);
      await record.startTurn();
      await record.prompt("goal", prompt);
      await agent.send(JSON.stringify({ type: "prompt", text: prompt }));
      return null;
    case "open":
      await record.open(said.id, said.item, said.title);
      return null;
    case "delta":
      await record.delta(said.id, said.text);
      return null;
    case "close":
      await record.close(said.id, said.status, said.wait);
      if (said.wait) await goOn(said.id);
      return null;
    case "command":
      await record.openCommand(said.id, said.argv, "");
      return null;
    case "output":
      await record.output(said.id, said.stream, said.text);
      return null;
    case "command_end": {
      const { id, exit, ended, milliseconds } = said;
      await record.closeCommand(id, { status: "completed", exit, ended, milliseconds });
      await goOn(id);
      return null;
    }
    case "usage":
      await record.usage(said);
      return null;
    case "done":
      await record.endTurn("completed");
      return { outcome: "done", text: said.text };
    case "failed":
      await record.endTurn("failed", said.reason);
      return { outcome: "failed", reason: said.reason };
  }
}
