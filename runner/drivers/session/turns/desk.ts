// Where people reach an agent at work. What comes in through the lease's inbox goes into the turn under way, waits for the next
// one, ends one, or answers what the agent asked; each message is told as delivered when it is.
import { type Clock, SECOND } from "#lib/clock.ts";
import { conflict } from "#lib/errors.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { InboxItem, MessageEffect } from "#lib/protocol/steering.ts";
import type { DriverCapabilities } from "../../port.ts";
import type { SessionRecord, Talk } from "../port.ts";
import { createArrivals } from "./arrivals.ts";
import { messageText } from "./words.ts";

/** How long an interrupted turn may take to end, and a message to be taken by a turn that has ended. */
const PATIENCE = 30 * SECOND;
const LATE = 2 * SECOND;

type Message = Extract<InboxItem, { kind: "message" }>;
type Answer = Extract<InboxItem, { kind: "answer" }>;

/** Words for the next turn. */
export interface Waiting {
  readonly origin: "steer" | "goal";
  readonly text: string;
  readonly message: string;
  readonly effect: MessageEffect;
}

/** Why the run is left: put away, or, at the end of its time, handed in as it is. */
export interface Parking {
  readonly why: "pause" | "ask" | "time";
  readonly reason: string;
  /** How long the turn may take to end, milliseconds. */
  readonly patience?: number;
}

export interface TurnAtDesk {
  /** Resolves when the turn was asked to end and did not. */
  readonly stuck: Promise<void>;
  /** To be awaited once the turn has ended: what was on its way into it has arrived or waits then. True where it was asked to end. */
  ended(): Promise<boolean>;
}

export interface Desk {
  /** Not null once the run is to be left. */
  parking(): Parking | null;
  /** Aborts then. */
  readonly leaving: AbortSignal;
  /** The same, as soon as it is known, or after so many milliseconds. */
  parkingWithin(milliseconds: number): Promise<Parking | null>;
  /** The task as it is now. */
  goal(): string | null;
  hasWaiting(): boolean;
  /** Resolves when a message waits here, and at the latest after so many milliseconds or when the run is to be left. */
  arrived(message: string, milliseconds: number): Promise<void>;
  /** For the turn that begins now. */
  takeWaiting(): Waiting[];
  began(talk: Talk): TurnAtDesk;
  /** Leaves the run from inside, where an ask has waited for too long. */
  park(parking: Parking): void;
  /** Says into the turn under way; false where there is none that takes it. */
  say(text: string, record: () => Promise<void>): Promise<boolean>;
  /** What waits is told as undeliverable; without a reason it is left for the next attempt. */
  close(reason: string | null): Promise<void>;
}

export interface DeskOptions {
  readonly inbox: AsyncIterable<InboxItem>;
  readonly caps: Pick<DriverCapabilities, "steer" | "interrupt">;
  readonly record: Pick<SessionRecord, "prompt">;
  readonly clock: Clock;
  readonly onAnswer: (answer: Answer) => void;
  /** The turn is to end: nobody waits for an answer any more. */
  readonly onInterrupt: (parking: Parking | null) => void;
  /** The inbox cannot be read any more. */
  readonly onBroken: (error: unknown) => void;
  emit(event: NewEvent): Promise<void>;
}

interface Current {
  readonly talk: Talk;
  readonly over: AbortController;
  readonly stuck: PromiseWithResolvers<void>;
  isInterrupted: boolean;
}

const TAKEN_BACK = "Whoever wrote it took it back.";

const noted = () => undefined;

export function createDesk(options: DeskOptions): Desk {
  const { inbox, caps, record, clock, emit } = options;
  const mayInterrupt = caps.interrupt;
  const maySteer = caps.steer !== "none";
  const closed = new AbortController();
  let waiting: Waiting[] = [];
  let current: Current | null = null;
  let parking: Parking | null = null;
  const goals: { readonly message: string; readonly text: string }[] = [];
  /** On their way into a turn: nobody gets them back. */
  const begun = new Set<string>();
  const askedBack = new Set<string>();
  let steering: Promise<void> = Promise.resolve();
  const arrivals = createArrivals(clock);
  const left = new AbortController();
  const parked = Promise.withResolvers<void>();

  const told = (message: string, effect: MessageEffect) =>
    emit({ kind: "message_delivered", body: { message, effect } });

  function keep({ message, origin, text }: Message, effect: MessageEffect): void {
    waiting.push({ message, origin, text: messageText(origin, text), effect });
    arrivals.noted();
  }

  /** Whoever wrote it wants it back; one that is on its way is told as delivered, or comes back by itself. */
  async function giveBack(message: string): Promise<void> {
    askedBack.add(message);
    if (begun.has(message)) return;
    waiting = waiting.filter((each) => each.message !== message);
    const goal = goals.findIndex((each) => each.message === message);
    if (goal >= 0) goals.splice(goal, 1);
    await emit({ kind: "message_undeliverable", body: { message, reason: TAKEN_BACK } });
  }

  function interrupt(): void {
    if (current === null || current.isInterrupted) return;
    const turn = current;
    turn.isInterrupted = true;
    options.onInterrupt(parking);
    turn.talk.interrupt().catch(noted); // a turn that does not end is stuck
    const until = AbortSignal.any([turn.over.signal, closed.signal]);
    clock.sleep(parking?.patience ?? PATIENCE, until).then(() => turn.stuck.resolve(), noted);
  }

  /** Rejects when the turn has ended and the program said nothing more. */
  async function into(turn: Current, text: string): Promise<MessageEffect> {
    const late = new Promise<never>((_resolve, reject) => {
      const wait = () =>
        clock.sleep(LATE, closed.signal).then(() => reject(conflict("The turn has ended.")), reject);
      if (turn.over.signal.aborted) wait();
      else turn.over.signal.addEventListener("abort", wait, { once: true });
    });
    late.catch(noted);
    return Promise.race([turn.talk.steer(text), late]);
  }

  async function steer(turn: Current, message: Message): Promise<void> {
    if (askedBack.has(message.message)) return;
    begun.add(message.message);
    const text = messageText(message.origin, message.text);
    let effect: MessageEffect;
    try {
      effect = await into(turn, text);
    } catch {
      begun.delete(message.message);
      if (askedBack.has(message.message)) return giveBack(message.message);
      return keep(message, "after_turn"); // the turn has ended; it begins the next one
    }
    await record.prompt(message.origin, text);
    await told(message.message, effect);
  }

  function takeMessage(message: Message): void {
    if (message.origin === "goal") goals.push(message);
    if (message.mode === "interrupt") {
      if (current !== null && mayInterrupt) begun.add(message.message); // the turn ends for it
      keep(message, current !== null && mayInterrupt ? "preempt" : "after_turn");
      if (mayInterrupt) interrupt();
    } else if (message.mode === "now" && current !== null && maySteer && !current.isInterrupted) {
      const turn = current;
      steering = steering.then(() => steer(turn, message));
      steering.catch(options.onBroken);
    } else keep(message, "after_turn");
  }

  function park(wanted: Parking): void {
    parking ??= wanted;
    parked.resolve();
    left.abort(conflict("The run is being left."));
    interrupt();
  }

  async function read(): Promise<void> {
    for await (const item of inbox) {
      if (closed.signal.aborted) return;
      if (item.kind === "message") takeMessage(item);
      else if (item.kind === "withdraw") await giveBack(item.message);
      else if (item.kind === "answer") options.onAnswer(item);
      else park(item);
    }
  }
  const reading = read();
  reading.catch((error: unknown) => {
    if (!closed.signal.aborted) options.onBroken(error);
  });

  return {
    parking: () => parking,
    leaving: left.signal,
    async parkingWithin(milliseconds) {
      if (parking !== null) return parking;
      const enough = new AbortController();
      const until = AbortSignal.any([enough.signal, closed.signal]);
      await Promise.race([parked.promise, clock.sleep(milliseconds, until).catch(noted)]);
      enough.abort();
      return parking;
    },
    goal: () => goals.at(-1)?.text ?? null,
    hasWaiting: () => waiting.length > 0,
    arrived: (message, milliseconds) =>
      arrivals.until(() => waiting.some((each) => each.message === message), milliseconds, left.signal),
    takeWaiting() {
      const taken = waiting;
      waiting = [];
      for (const { message } of taken) begun.add(message);
      return taken;
    },
    began(talk) {
      const turn: Current = {
        talk,
        over: new AbortController(),
        stuck: Promise.withResolvers<void>(),
        isInterrupted: false,
      };
      current = turn;
      if (parking !== null) interrupt();
      return {
        stuck: turn.stuck.promise,
        async ended() {
          current = null;
          turn.over.abort();
          await steering;
          return turn.isInterrupted;
        },
      };
    },
    park,
    async say(text, recorded) {
      const turn = current;
      if (turn === null || !maySteer || turn.isInterrupted) return false;
      try {
        await into(turn, text);
      } catch {
        return false; // the turn has ended
      }
      await recorded();
      return true;
    },
    async close(reason) {
      closed.abort();
      await steering.catch(noted);
      if (reason === null) return;
      for (const { message } of waiting)
        await emit({ kind: "message_undeliverable", body: { message, reason } });
      waiting = [];
    },
  };
}
