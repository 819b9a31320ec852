// ONE connection of this process that LISTENs; everybody who waits for something is woken from it. Nothing is
// carried but the wake-up: readers fetch rows by themselves, so a lost notification costs a wake-up, no data.
import pg from "pg";
import { type Clock, SECOND, systemClock } from "../clock.ts";
import type { Logger } from "../logger.ts";
import type { Channel } from "../notify.ts";

const CHANNELS: readonly Channel[] = [
  "run_changed",
  "record_grew",
  "inbox_grew",
  "lease_ended",
  "work_waiting",
  "provider_test_asked",
  "session_revoked",
];
const FIRST_WAIT = SECOND / 10;
const LONGEST_WAIT = 5 * SECOND;

export type Wake = () => void;

interface Subscription {
  readonly channel: Channel;
  /** Null: every payload. */
  readonly payload: string | null;
  readonly wake: Wake;
}

export interface Listener {
  /** Calls `wake` at each notification, and after every reconnect. Returns how to stop. */
  subscribe(channel: Channel, payload: string | null, wake: Wake): () => void;
  /** Resolves when the connection listens. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly connectionString: string;
  readonly log: Logger;
  readonly clock?: Clock;
}

export function startListener({ connectionString, log, clock = systemClock }: ListenerOptions): Listener {
  const subscriptions = new Set<Subscription>();
  const closing = new AbortController();
  let client: pg.Client | undefined;
  let listening = Promise.withResolvers<void>();

  const wakeAll = () => {
    for (const { wake } of [...subscriptions]) wake();
  };

  async function connectOnce(): Promise<void> {
    const next = new pg.Client({ connectionString, keepAlive: true, application_name: "pilothouse live" });
    const ended = new Promise<unknown>((resolve) => {
      next.on("error", resolve);
      next.on("end", () => resolve(new Error("the connection ended")));
    });
    next.on("notification", ({ channel, payload }) => {
      for (const subscription of [...subscriptions]) {
        const { channel: wanted, payload: about, wake } = subscription;
        if (wanted === channel && (about === null || about === (payload ?? ""))) wake();
      }
    });
    client = next;
    try {
      await next.connect();
      for (const channel of CHANNELS) await next.query(`listen ${channel}`);
      listening.resolve();
      wakeAll(); // whatever was notified while nobody listened
      throw await ended;
    } finally {
      await next
        .end()
        .catch((error: unknown) => log.debug({ err: error }, "the lost connection did not end"));
    }
  }

  async function keepListening(): Promise<void> {
    let wait = FIRST_WAIT;
    while (!closing.signal.aborted) {
      try {
        await connectOnce();
      } catch (error) {
        if (closing.signal.aborted) return;
        if (await listened()) wait = FIRST_WAIT;
        log.warn({ err: error, wait }, "live connection lost; it is made anew");
        listening = Promise.withResolvers();
        await clock.sleep(wait, closing.signal).catch(() => undefined); // closing ends the wait
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
  }

  const listened = () => Promise.race([listening.promise.then(() => true), Promise.resolve(false)]);
  const running = keepListening();

  return {
    subscribe(channel, payload, wake) {
      const subscription = { channel, payload, wake };
      subscriptions.add(subscription);
      return () => void subscriptions.delete(subscription);
    },
    ready: () => listening.promise,
    async close() {
      closing.abort();
      await client?.end();
      await running;
    },
  };
}
