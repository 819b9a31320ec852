// A talk with the real, pinned Codex in a real sandbox, with a scripted model behind the relay and a test in the
// orchestrator's place.
import { randomUUID } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { CONFIG_FILE } from "#runner/drivers/codex/config.ts";
import { codexProgram, KEEPS } from "#runner/drivers/codex/driver.ts";
import { openTalk } from "#runner/drivers/codex/talk.ts";
import type { AskAnswer, KeptSession, Question, Talk } from "#runner/drivers/session/port.ts";
import { RELAY_PORT, SANDBOX_KEY } from "#runner/relay/relay.ts";
import type { TestWorkshop } from "../git/workshop.ts";
import { openHarnessScene, TEST_LIMITS } from "../harness-scene.ts";
import type { ModelAnswer, ModelRequest } from "../model/gateway-stand-in.ts";
import { openRelay } from "../model/relay-scene.ts";
import { openSession } from "../model/session-scene.ts";
import { until } from "../runner/parts.ts";
import { createTestRecord, type Recorded } from "./app-server.ts";

export interface CodexChoices {
  readonly answer: ModelAnswer;
  /** Asks where it is given. */
  readonly ask?: (question: Question) => Promise<AskAnswer>;
  readonly model?: string;
  /** Another session's repository, and its snapshot. */
  readonly scene?: { readonly repository: string; readonly base: string };
  readonly snapshot?: Buffer;
  /** Lines of its configuration that are not the driver's. */
  readonly config?: string;
}

export interface CodexScene {
  readonly talk: Talk;
  readonly session: KeptSession;
  readonly told: readonly Recorded[];
  readonly asked: readonly Question[];
  readonly requests: readonly ModelRequest[];
  readonly scene: { readonly repository: string; readonly base: string };
  /** Once this was told. */
  untilTold(name: Recorded[0], part: string): Promise<void>;
  /** What the n-th call gave its model, as text. */
  input(call: number): string;
  /** kill -9, from the host: a crash as it comes. */
  kill(): void;
}

/** Processes of this host with this in their environment. */
function processesWith(variable: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const has = (file: string, text: string) =>
          readFileSync(`/proc/${pid}/${file}`, "utf8").includes(text);
        return has("environ", variable) && has("cmdline", "app-server");
      } catch {
        return false; // it has ended, or is not ours
      }
    })
    .map(Number);
}

function onHost(workshop: TestWorkshop, bytes: Buffer): string {
  const file = workshop.fresh("snapshot");
  writeFileSync(file, bytes);
  chmodSync(file, 0o444);
  return file;
}

export async function openCodex(
  workshop: TestWorkshop,
  agents: string,
  choices: CodexChoices,
): Promise<CodexScene> {
  const { answer, ask, model = "ph-main", scene = openHarnessScene(workshop), config = "" } = choices;
  const { gateway, relay } = await openRelay(answer);
  const program = await codexProgram(agents, {
    ...{ model, api: "responses", key: SANDBOX_KEY },
    baseUrl: `http://127.0.0.1:${RELAY_PORT}/v1`,
  });
  const own = `TEST_OF=${randomUUID()}`;
  const [env = "", clean = "", ...command] = program.command;
  const { session } = await openSession(workshop, "", {
    relay,
    scene,
    keeps: KEEPS,
    restore: choices.snapshot ? onHost(workshop, choices.snapshot) : null,
    limits: { ...TEST_LIMITS, seconds: 120 },
    program: {
      ...program,
      command: [env, clean, own, ...command],
      files: { ...program.files, [CONFIG_FILE]: `${config}\n${program.files?.[CONFIG_FILE] ?? ""}` },
    },
  });
  onTestFinished(() => session.close());
  const { record, told } = createTestRecord();
  const asked: Question[] = [];
  const signal = new AbortController().signal;
  const conversation = {
    ...{ agent: session, record, signal, asks: ask !== undefined, guarded: [] },
    async ask(question: Question): Promise<AskAnswer> {
      asked.push(question);
      return ask ? ask(question) : { decision: "declined", reason: "" };
    },
  };
  return {
    talk: openTalk(conversation, { clock: systemClock, tree: "/work/tree" }),
    ...{ session, told, asked, requests: gateway.requests, scene },
    untilTold: (name, part) =>
      until(() => told.some(([call, ...words]) => call === name && JSON.stringify(words).includes(part))),
    kill() {
      for (const pid of processesWith(own)) process.kill(pid, "SIGKILL");
    },
    input: (call) => JSON.stringify(JSON.parse(gateway.requests[call]?.body.toString("utf8") ?? "{}").input),
  };
}
