// Gathers text that comes in small pieces into few events. A page is sent at once, less after a moment.
import type { Clock } from "#lib/clock.ts";
import { MAX_EVENT_TEXT } from "#lib/protocol/agent-events.ts";
import { cutText } from "#runner/lease/rules.ts";

const PAGE = MAX_EVENT_TEXT / 2;

export interface Gatherer {
  add(text: string): Promise<void>;
  /** Sends what is left. Throws what sending threw. */
  finish(): Promise<void>;
}

export interface GatherOptions {
  readonly clock: Clock;
  /** How long a piece waits for others, milliseconds; asked each time. */
  readonly moment: () => number;
  /** Characters in all; what exceeds them is dropped. */
  readonly most: number;
  send(text: string): Promise<void>;
}

export function gatherText({ clock, moment, most, send }: GatherOptions): Gatherer {
  const over = new AbortController();
  let held = "";
  let left = most;
  let sent: Promise<void> = Promise.resolve();
  let isWaiting = false;

  function flush(): Promise<void> {
    // The store behind the plane cannot keep NUL.
    const text = held.replaceAll("\0", "\u2400");
    held = "";
    for (const piece of cutText(text, MAX_EVENT_TEXT)) sent = sent.then(() => send(piece.toWellFormed()));
    // Told to whoever adds or finishes; until then a failure must not count as unhandled.
    sent.catch(() => undefined);
    return sent;
  }

  function flushSoon(): void {
    isWaiting = true;
    const done = () => {
      isWaiting = false;
      flush();
    };
    clock.sleep(moment(), over.signal).then(done, done);
  }

  return {
    async add(text) {
      if (left <= 0) return;
      const part = text.slice(0, left);
      left -= part.length;
      held += part;
      if (held.length >= PAGE) await flush();
      else if (!isWaiting && !over.signal.aborted) flushSoon();
    },
    async finish() {
      over.abort();
      await flush();
    },
  };
}
