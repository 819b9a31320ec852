// The lease's inbox: what people and the control plane say to the agent at work, asked for by one long poll after another.
import { SECOND } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import type { InboxItem } from "#lib/protocol/steering.ts";
import { untilAnswered } from "../plane/retry.ts";
import type { Lease } from "./lease.ts";
import { isFencing } from "./life.ts";

/** How long the plane may hold a request open, seconds. */
const WAIT_SECONDS = 20;

/** Ends with the lease's work. A control plane that knows no inbox has nothing to say. */
export async function* inboxOf(
  {
    plane,
    assignment,
    life,
    steady,
    logger,
  }: Pick<Lease, "plane" | "assignment" | "life" | "steady" | "logger">,
  waitSeconds = WAIT_SECONDS,
): AsyncGenerator<InboxItem> {
  const patience = { clock: steady, signal: life.over, logger, what: "asking for messages" };
  for (let after = 0; ; ) {
    const begun = steady.now();
    const ask = () => plane.inbox(assignment, { after, waitSeconds }, life.over);
    let items: readonly InboxItem[];
    try {
      items = await untilAnswered(ask, patience);
    } catch (error) {
      if (life.over.aborted) return;
      if (error instanceof AppError && error.code === "not_found")
        return logger.warn("the control plane has no inbox");
      if (isFencing(error)) life.end("fenced", error.message);
      throw error;
    }
    for (const item of items) {
      if (item.number <= after) continue;
      after = item.number;
      yield item;
    }
    // A plane that answers "nothing" at once must not be asked in a circle.
    const wait = items.length > 0 ? 0 : SECOND - (steady.now() - begun);
    if (wait > 0) await steady.sleep(wait, life.over).catch(() => undefined); // the loop looks at why
    if (life.over.aborted) return;
  }
}

type Pause = Extract<InboxItem, { kind: "pause" }>;

export interface HeardInbox {
  /** For whoever talks to the agent; from the first question on, pauses are theirs. To be read once. */
  readonly items: AsyncIterable<InboxItem>;
  /** A pause that came before anybody read; null for none. */
  early(): Pause | null;
}

/** Listens from the start: a run that is paused before its agent is up is put away then, by `onEarly`. */
export function hear(inbox: AsyncIterable<InboxItem>, onEarly: () => void): HeardInbox {
  const waiting: InboxItem[] = [];
  let isRead = false;
  let early: Pause | null = null;
  let moved = Promise.withResolvers<void>();

  async function listen(): Promise<void> {
    for await (const item of inbox) {
      waiting.push(item);
      moved.resolve();
      moved = Promise.withResolvers<void>();
      if (item.kind !== "pause" || isRead || early !== null) continue;
      early = item;
      onEarly();
    }
  }
  const listening = listen();
  listening.catch(() => undefined); // told to whoever reads

  async function* read(): AsyncGenerator<InboxItem> {
    isRead = true;
    const over = listening.then(() => true);
    over.catch(() => undefined); // raced below, as often as something comes
    for (let isOver = false; ; ) {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) yield item;
      if (isOver) return;
      isOver = await Promise.race([moved.promise.then(() => false), over]);
    }
  }
  return { items: read(), early: () => early };
}
