// Events on their way from the driver to the plane: gathered for a moment, made durable on disk, sent in numbered
// batches until acknowledged. One batch is under way at a time, so order is never in doubt and a resend is harmless.
import { type Clock, SECOND } from "#lib/clock.ts";
import { badInput, refused } from "#lib/errors.ts";
import { isRunnerKind, NewEvent } from "#lib/protocol/events.ts";
import type { EventBatch } from "#lib/protocol/schema.ts";
import { createOutputGate, mergeOutput } from "./rules.ts";
import type { Spool } from "./spool.ts";
import { createWaker } from "./waker.ts";

const FLUSH_AFTER = 25;
const BATCH = { lines: 200, bytes: 256 * 1024 } as const;
const MAX_UNSENT_BYTES = 32 * 1024 * 1024;

export interface EventStream {
  /** Queues an event. Resolves at once, or when there is room again. */
  emit(event: NewEvent): Promise<void>;
  /** Resolves when the plane has everything emitted so far. */
  drain(): Promise<void>;
  /** Ends sending; what is not acknowledged yet is lost. */
  close(): Promise<void>;
}

export interface EventStreamOptions {
  readonly spool: Spool;
  /** Resolves with the number up to which everything is durable; tries again by itself while the plane is away. */
  readonly send: (batch: Omit<EventBatch, "attempt">) => Promise<number>;
  readonly clock: Clock;
  /** Bytes kept of each output of each command. */
  readonly outputBytes: number;
  readonly maxUnsentBytes?: number;
  /** Called once when events can no longer be kept or sent. */
  readonly onBroken: (error: unknown) => void;
}

type Stamped = EventBatch["events"][number];

export function createEventStream(options: EventStreamOptions): EventStream {
  const { spool, send, clock, maxUnsentBytes = MAX_UNSENT_BYTES } = options;
  const gate = createOutputGate(options.outputBytes);
  const moved = createWaker();
  let pending: Stamped[] = [];
  let pendingBytes = 0;
  let over: { readonly reason: unknown } | null = null;

  const unsent = () => pendingBytes + spool.bytes();

  function assertOpen(): void {
    if (over !== null) throw over.reason;
  }

  function end(reason: unknown): void {
    over ??= { reason };
    moved.wake();
  }

  function push(event: NewEvent): void {
    const last = pending.at(-1);
    const merged = last === undefined ? null : mergeOutput(last.event, event);
    if (last !== undefined && merged !== null) pending[pending.length - 1] = { at: last.at, event: merged };
    else pending.push({ at: new Date(clock.now()).toISOString(), event });
    pendingBytes += sizeOf(event);
  }

  async function emit(event: NewEvent): Promise<void> {
    assertOpen();
    for (const part of gate.pass(event)) push(checked(part));
    moved.wake();
    while (over === null && unsent() > maxUnsentBytes) await moved.next();
    assertOpen();
  }

  async function keep(): Promise<void> {
    while (over === null) {
      if (pending.length === 0) {
        await moved.next();
        continue;
      }
      if (pendingBytes < BATCH.bytes) await clock.sleep(FLUSH_AFTER);
      const lines = pending.map((stamped) => JSON.stringify(stamped));
      const bytes = pendingBytes;
      pending = [];
      await spool.append(lines);
      pendingBytes -= bytes;
      moved.wake();
    }
  }

  async function ship(): Promise<void> {
    while (over === null) {
      const change = moved.next();
      const batch = await spool.read(BATCH);
      if (batch === null) {
        await change;
        continue;
      }
      const last = batch.first + batch.lines.length - 1;
      const acknowledged = await send({ first: batch.first, events: batch.lines.map(toStamped) });
      if (acknowledged > last) throw refused("The control plane acknowledged events that were never sent.");
      if (acknowledged < batch.first) await clock.sleep(SECOND / 4);
      await spool.acknowledge(acknowledged);
      moved.wake();
    }
  }

  const loops = [keep(), ship()].map((loop) =>
    loop.catch((error: unknown) => {
      if (over !== null) return;
      end(error);
      options.onBroken(error);
    }),
  );

  return {
    emit,
    async drain() {
      while (over === null && unsent() > 0) await moved.next();
      assertOpen();
    },
    async close() {
      end(new Error("The lease's events are closed."));
      await Promise.all(loops);
      await spool.close();
    },
  };
}

/** About what the event takes in the spool; exact enough for bounds. */
const sizeOf = (event: NewEvent): number =>
  event.kind === "command_output"
    ? Buffer.byteLength(event.body.text) + 128
    : JSON.stringify(event).length + 64;

const toStamped = (line: string): Stamped => JSON.parse(line) as Stamped;

/** A driver may have taken any of its texts from hostile output; what the plane would refuse never enters the queue. */
function checked(event: NewEvent): NewEvent {
  const parsed = NewEvent.safeParse(event);
  if (!parsed.success) throw badInput(`An event of kind ${event.kind} is not in the protocol's shape.`);
  if (!isRunnerKind(event.kind))
    throw badInput(`Events of kind ${event.kind} are written by the control plane alone.`);
  return parsed.data;
}
