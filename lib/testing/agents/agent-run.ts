// A whole run of an agent with a model: its driver in a real sandbox, the relay, and a stand-in of the gateway in front of a
// scripted model.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "#gateway/request/json.ts";
import { responsesRequest } from "#gateway/request/responses.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { NewEvent } from "#lib/protocol/events.ts";
import { type ModelApi, Summary } from "#lib/protocol/schema.ts";
import type { InboxItem } from "#lib/protocol/steering.ts";
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
  /** What people say meanwhile; nothing when left out. */
  readonly inbox?: TestInbox;
  /** Of the assignment. */
  readonly changes?: Partial<DriverContext["assignment"]>;
  /** A snapshot to go on from, with `changes.resume`. */
  readonly resumed?: Buffer;
  readonly clock?: Clock;
  /** Tokens of history above which the agent's program is to sum it up. */
  readonly historyTokens?: number;
  /** What the control plane says is left to spend. */
  readonly microsLeft?: number;
  /** Aborts when the run's time is nearly over; never when left out. */
  readonly nearlyOver?: AbortSignal;
  /** Called before a snapshot is taken in. */
  readonly onUpload?: () => Promise<void>;
}

export interface AgentRun {
  readonly result: DriverResult;
  readonly events: readonly NewEvent[];
  /** What the gateway was asked. */
  readonly requests: readonly ModelRequest[];
  readonly milliseconds: number;
  /** Snapshots by the id of their blob. */
  readonly snapshots: ReadonlyMap<string, Buffer>;
  /** What was handed in beside the patch, by path. */
  readonly artefacts: ReadonlyMap<string, Buffer>;
}

export interface TestInbox extends AsyncIterable<InboxItem> {
  push(item: InboxWords): void;
}
type InboxWords = InboxItem extends infer Item
  ? Item extends InboxItem
    ? Omit<Item, "number">
    : never
  : never;

/** An inbox that a test writes into. */
export function createTestInbox(): TestInbox {
  const items: InboxItem[] = [];
  let pushed = Promise.withResolvers<void>();
  return {
    push(item) {
      items.push({ ...item, number: items.length + 1 } as InboxItem);
      pushed.resolve();
      pushed = Promise.withResolvers<void>();
    },
    async *[Symbol.asyncIterator]() {
      for (let next = 0; ; ) {
        const item = items[next];
        if (item === undefined) await pushed.promise;
        else {
          next += 1;
          yield item;
        }
      }
    },
  };
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
  const snapshots = new Map<string, Buffer>();
  const artefacts = new Map<string, Buffer>();
  const resumed = choices.resumed === undefined ? null : join(scratch, "resumed");
  if (resumed !== null && choices.resumed) writeFileSync(resumed, choices.resumed, { mode: 0o444 });
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
    ...choices.changes,
  });
  const began = performance.now();
  try {
    const result = await driver.run({
      assignment,
      workspace: { repository, scratch },
      sandbox,
      clock: choices.clock ?? systemClock,
      model: {
        model: choices.model ?? "gpt-5.5",
        api: choices.api ?? "responses",
        baseUrl: `http://127.0.0.1:${RELAY_PORT}/v1`,
        key: SANDBOX_KEY,
        session: (program, own) =>
          startSession(
            {
              ...{ sandbox, relay, repository, baseCommit: base, reportPath: "report.xml", limits, signal },
              artefacts: assignment.artefacts?.paths ?? [],
              ...own,
            },
            program,
          ),
        inbox: choices.inbox ?? createTestInbox(),
        historyTokens: choices.historyTokens ?? null,
        answers: relay.answers,
        microsLeft: () => choices.microsLeft ?? null,
        secondsLeft: () => 60,
        nearlyOver: choices.nearlyOver ?? new AbortController().signal,
        resumed,
        async upload(file) {
          await choices.onUpload?.();
          const blob = `blb_${snapshots.size + 1}`;
          snapshots.set(blob, readFileSync(file));
          return blob;
        },
      },
      signal,
      emit,
      async handInArtefact(file, path) {
        artefacts.set(path, readFileSync(file));
        return `art_${artefacts.size}`;
      },
      prepared: async () => undefined,
    });
    if ("summary" in result) Summary.parse(result.summary);
    return {
      result,
      events,
      snapshots,
      artefacts,
      requests: standIn?.requests ?? [],
      milliseconds: performance.now() - began,
    };
  } finally {
    await relay.close();
    await standIn?.close();
  }
}
