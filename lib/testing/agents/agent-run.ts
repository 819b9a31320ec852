// A whole run of an agent with a model: its driver in a real sandbox, the relay, and a stand-in of the gateway in front of a
// scripted model.
import { mkdirSync } from "node:fs";
import { readJson } from "#gateway/request/json.ts";
import { responsesRequest } from "#gateway/request/responses.ts";
import { systemClock } from "#lib/clock.ts";
import { NewEvent } from "#lib/protocol/events.ts";
import { type ModelApi, Summary } from "#lib/protocol/schema.ts";
import type { AgentDriver, DriverContext, DriverResult } from "#runner/drivers/port.ts";
import { startSession } from "#runner/drivers/session/session.ts";
import { createRelay, RELAY_PORT, SANDBOX_KEY } from "#runner/relay/relay.ts";
import type { TestWorkshop } from "../git/workshop.ts";
import { NODE_PLAN, TEST_LIMITS } from "../harness-scene.ts";
import {
  type GatewayStandIn,
  type ModelAnswer,
  type ModelRequest,
  startGatewayStandIn,
} from "../model/gateway-stand-in.ts";
import { agentAssignment, testLogger } from "../runner/parts.ts";

export interface AgentRunChoices {
  readonly driver: AgentDriver;
  /** Host path of a bare repository or a .git folder. */
  readonly repository: string;
  readonly base: string;
  readonly answer: ModelAnswer;
  /** The gateway to ask in the place of a stand-in; `answer` is nobody's then. */
  readonly gateway?: Pick<GatewayStandIn, "url" | "token" | "sign">;
  readonly model?: string;
  readonly api?: ModelApi;
  readonly test?: Partial<DriverContext["assignment"]["test"]>;
  readonly task?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: NewEvent) => void;
}

export interface AgentRun {
  readonly result: DriverResult;
  readonly events: readonly NewEvent[];
  /** What the gateway was asked. */
  readonly requests: readonly ModelRequest[];
  readonly milliseconds: number;
}

/** Whether the gateway would let this request of the Responses API out: throws its sentence where it would not. */
export function letOut({ body }: ModelRequest): void {
  responsesRequest(readJson(body).value, "", new Map());
}

export async function runAgent(workshop: TestWorkshop, choices: AgentRunChoices): Promise<AgentRun> {
  const { driver, repository, base, answer, onEvent, signal = new AbortController().signal } = choices;
  const scratch = workshop.fresh("scratch");
  mkdirSync(scratch);
  const standIn = choices.gateway ? null : await startGatewayStandIn(answer);
  const gateway = choices.gateway ?? standIn;
  if (!gateway) throw new Error("There is no gateway.");
  const events: NewEvent[] = [];
  const emit = async (event: NewEvent) => {
    events.push(NewEvent.parse(event));
    onEvent?.(event);
  };
  const { logger } = testLogger();
  const grant = { token: gateway.token, gatewayUrl: gateway.url };
  const relay = createRelay({ grant, sign: gateway.sign, logger, signal, emit });
  const { sandbox } = workshop;
  const limits = { ...TEST_LIMITS, seconds: 120 };
  const { model: _grant, ...assignment } = agentAssignment({
    driver: driver.name,
    baseCommit: base,
    task: choices.task ?? "Make the failing test pass.",
    test: { ...NODE_PLAN, ...choices.test },
    limits,
  });
  const began = performance.now();
  try {
    const result = await driver.run({
      assignment,
      workspace: { repository, scratch },
      sandbox,
      clock: systemClock,
      model: {
        model: choices.model ?? "gpt-5.5",
        api: choices.api ?? "responses",
        baseUrl: `http://127.0.0.1:${RELAY_PORT}/v1`,
        key: SANDBOX_KEY,
        session: (program) =>
          startSession(
            { sandbox, relay, repository, baseCommit: base, reportPath: "report.xml", limits, signal },
            program,
          ),
      },
      signal,
      emit,
      prepared: async () => undefined,
    });
    if (result.outcome !== "failed") Summary.parse(result.summary);
    return { result, events, requests: standIn?.requests ?? [], milliseconds: performance.now() - began };
  } finally {
    await relay.close();
    await standIn?.close();
  }
}
