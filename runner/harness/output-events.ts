// Gathers the small writes of a command into few events. A page of output is sent at once, less after a moment.
import type { Clock } from "#lib/clock.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { OutputStream } from "./execute.ts";

const PAGE = 8192;
const MOMENT = 150;

export function createOutputEvents(command: number, clock: Clock, emit: (event: NewEvent) => Promise<void>) {
  const held = { stdout: "", stderr: "" };
  const over = new AbortController();

  async function flush(stream: OutputStream) {
    // The store behind the plane cannot keep NUL.
    const text = held[stream].replaceAll("\0", "\u2400");
    held[stream] = "";
    for (let at = 0; at < text.length; at += PAGE) {
      const page = text.slice(at, at + PAGE).toWellFormed();
      await emit({ kind: "command_output", body: { command, stream, text: page } });
    }
  }

  async function flushNowAndThen() {
    while (!over.signal.aborted) {
      await clock.sleep(MOMENT, over.signal).catch((reason: unknown) => {
        if (!over.signal.aborted) throw reason;
      });
      await flush("stdout");
      await flush("stderr");
    }
  }
  const flushing = flushNowAndThen();
  // Awaited in finish(); until then a failure must not count as unhandled.
  flushing.catch(() => {});

  return {
    async add(stream: OutputStream, text: string): Promise<void> {
      held[stream] += text;
      if (held[stream].length >= PAGE) await flush(stream);
    },
    /** Sends what is left. Throws what sending threw. */
    async finish(): Promise<void> {
      over.abort();
      await flushing;
    },
  };
}
