// Rows of one subject as server-sent events: pages by number, read only when the reader asks for more, so that
// a slow reader holds one page. Resumes by number without gap or duplicate.
import { type Clock, SECOND } from "../clock.ts";
import { frame, HEARTBEAT, opening } from "./rules.ts";

export const PAGE = 500;
export const HEARTBEAT_EVERY = 15 * SECOND;
const RETRY = SECOND;

export interface RowStream<R extends { readonly seq: number }> {
  /** Rows numbered above `after`, in order, at most `limit`. */
  readonly read: (after: number, limit: number) => Promise<readonly R[]>;
  readonly after: number;
  /** Calls back at each change of the subject; returns how to stop. */
  readonly subscribe: (wake: () => void) => () => void;
  readonly clock: Clock;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  readonly event?: string;
  /** Whether this row is the last there will ever be. */
  readonly isLast?: (row: R) => boolean;
  /** Frames without a number that go with the rows, asked for at each wake-up; empty for nothing new. */
  readonly beside?: () => Promise<string>;
}

/** One text per pull: a page of rows, a heartbeat, or the opening. */
export async function* streamRows<R extends { readonly seq: number }>(
  stream: RowStream<R>,
): AsyncGenerator<string> {
  const { read, signal, clock, event, isLast, beside } = stream;
  const bell = doorbell();
  const stop = stream.subscribe(bell.ring); // before the first read: what comes in between rings
  signal.addEventListener("abort", bell.ring, { once: true });
  let after = stream.after;
  try {
    yield opening(RETRY);
    while (!signal.aborted) {
      bell.silence();
      const rows = await read(after, PAGE);
      const last = rows.at(-1);
      if (last) {
        after = last.seq;
        yield rows.map((row) => frame({ id: row.seq, data: row, ...(event ? { event } : {}) })).join("");
        if (isLast?.(last)) return;
        if (rows.length === PAGE) continue;
      }
      const more = (await beside?.()) ?? "";
      if (more !== "") yield more;
      while (!signal.aborted && !bell.hasRung()) {
        if (!(await bell.waitFor(HEARTBEAT_EVERY, clock))) yield HEARTBEAT;
      }
    }
  } finally {
    stop();
    signal.removeEventListener("abort", bell.ring);
  }
}

/** Remembers a ring until it is silenced, so that none is lost between reading and waiting. */
function doorbell() {
  let rung = Promise.withResolvers<void>();
  let isRung = false;
  return {
    ring() {
      isRung = true;
      rung.resolve();
    },
    silence() {
      isRung = false;
      rung = Promise.withResolvers();
    },
    hasRung: () => isRung,
    /** True when it rang, false after `milliseconds`. */
    async waitFor(milliseconds: number, clock: Clock): Promise<boolean> {
      const waiting = new AbortController();
      try {
        return await Promise.race([
          rung.promise.then(() => true),
          clock.sleep(milliseconds, waiting.signal).then(
            () => false,
            () => true,
          ),
        ]);
      } finally {
        waiting.abort();
      }
    },
  };
}
