// The runner's side of lib/protocol: one function per endpoint, each parsing what came back.
import { z } from "zod";
import { MINUTE, SECOND } from "#lib/clock.ts";
import { AppError, unavailable } from "#lib/errors.ts";
import {
  Assignment,
  type EventBatch,
  EventBatchAnswer,
  type Finish,
  HeartbeatAnswer,
  type LeaseRequest,
  type Register,
  Registered,
} from "#lib/protocol/schema.ts";
import { InboxAnswer, type InboxItem, type InboxRequest } from "#lib/protocol/steering.ts";
import { type Call, readJson, readNothing, type Transport } from "./transport.ts";

const ANSWER_DEADLINE = 10 * SECOND;
/** Observations of a large suite take a while to send. */
const FINISH_DEADLINE = MINUTE;
/** Above the time the plane was allowed to hold a long poll open. */
const POLL_MARGIN = 10 * SECOND;

export interface LeaseRef {
  readonly leaseId: string;
  readonly attempt: number;
}

export interface PlaneClient {
  register(body: z.infer<typeof Register>, signal: AbortSignal): Promise<string>;
  /** Null when there was nothing to do. */
  lease(body: z.infer<typeof LeaseRequest>, signal: AbortSignal): Promise<Assignment | null>;
  /** `budget`: whether to be told what is left of it; `waitSeconds`: how long the answer may be held back. */
  heartbeat(
    lease: LeaseRef & { readonly budget?: boolean; readonly waitSeconds?: number },
    deadline: number,
    signal: AbortSignal,
  ): Promise<HeartbeatAnswer>;
  /** The number up to which everything is durable. */
  events(lease: LeaseRef, batch: Omit<EventBatch, "attempt">, signal: AbortSignal): Promise<number>;
  prepared(lease: LeaseRef, signal: AbortSignal): Promise<void>;
  /** What is new for the lease's agent; empty when there was nothing. */
  inbox(
    lease: LeaseRef,
    ask: Pick<InboxRequest, "after" | "waitSeconds">,
    signal: AbortSignal,
  ): Promise<readonly InboxItem[]>;
  /** Nothing of the lease is running any more; `silentMs`: since the last byte went through a way out of its sandbox. */
  stopped(lease: LeaseRef, silentMs: number | null, signal: AbortSignal): Promise<void>;
  finish(lease: LeaseRef, finish: Finish, signal: AbortSignal): Promise<void>;
}

export function createPlaneClient({ open }: Transport): PlaneClient {
  async function post(path: string, body: unknown, signal: AbortSignal, deadline = ANSWER_DEADLINE) {
    const call: Call = {
      method: "POST",
      path,
      body: toBytes(body),
      headers: { "content-type": "application/json" },
      deadline,
      signal,
    };
    return { call, answer: await open(call) };
  }

  return {
    async register(body, signal) {
      const { call, answer } = await post("/register", body, signal);
      return parse(Registered, await readJson(answer, call)).runnerId;
    },
    async lease(body, signal) {
      const { call, answer } = await post("/lease", body, signal, body.waitSeconds * SECOND + POLL_MARGIN);
      if (answer.statusCode !== 204) return parseAssignment(await readJson(answer, call));
      await readNothing(answer, call);
      return null;
    },
    async heartbeat({ leaseId, attempt, budget = false, waitSeconds = 0 }, deadline, signal) {
      const body = { attempt, budget, waitSeconds };
      const { call, answer } = await post(leasePath(leaseId, "/heartbeat"), body, signal, deadline);
      return parse(HeartbeatAnswer, await readJson(answer, call));
    },
    async events({ leaseId, attempt }, batch, signal) {
      const { call, answer } = await post(leasePath(leaseId, "/events"), { attempt, ...batch }, signal);
      return parse(EventBatchAnswer, await readJson(answer, call)).acknowledged;
    },
    async prepared({ leaseId, attempt }, signal) {
      const { call, answer } = await post(leasePath(leaseId, "/prepared"), { attempt }, signal);
      await readNothing(answer, call);
    },
    async inbox({ leaseId, attempt }, ask, signal) {
      const deadline = ask.waitSeconds * SECOND + POLL_MARGIN;
      const { call, answer } = await post(
        leasePath(leaseId, "/inbox"),
        { attempt, ...ask, givesBack: true },
        signal,
        deadline,
      );
      return parse(InboxAnswer, await readJson(answer, call)).items;
    },
    async stopped({ leaseId, attempt }, silentMs, signal) {
      const { call, answer } = await post(leasePath(leaseId, "/stopped"), { attempt, silentMs }, signal);
      await readNothing(answer, call);
    },
    async finish({ leaseId }, finish, signal) {
      const { call, answer } = await post(leasePath(leaseId, "/finish"), finish, signal, FINISH_DEADLINE);
      await readNothing(answer, call);
    },
  };
}

export const leasePath = (leaseId: string, rest: string): string =>
  `/leases/${encodeURIComponent(leaseId)}${rest}`;

/** What an agent printed may hold NUL or half a surrogate pair; no database text can. Replaced one for one. */
const storable = (text: string): string => text.toWellFormed().replaceAll("\0", "\uFFFD");

const toBytes = (body: unknown): Buffer =>
  Buffer.from(
    JSON.stringify(body, (_key, value: unknown) => (typeof value === "string" ? storable(value) : value)),
  );

export function parse<T>(shape: z.ZodType<T>, answer: unknown): T {
  const parsed = shape.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw unavailable(
    `The control plane answered something else than the protocol says: ${z.prettifyError(parsed.error)}`,
  );
}

/** An assignment this runner does not understand, but whose lease it can name and so give back. */
export class UnreadableAssignment extends AppError {
  readonly lease: LeaseRef;

  constructor(lease: LeaseRef, message: string) {
    super("refused", message);
    this.lease = lease;
  }
}

function parseAssignment(answer: unknown): Assignment {
  const parsed = Assignment.safeParse(answer);
  if (parsed.success) return parsed.data;
  const named = z.object({ leaseId: z.string().min(1).max(100), attempt: z.int().min(1) }).safeParse(answer);
  if (!named.success) return parse(Assignment, answer);
  throw new UnreadableAssignment(
    named.data,
    `The runner does not understand the assignment: ${z.prettifyError(parsed.error).slice(0, 1000)}`,
  );
}
