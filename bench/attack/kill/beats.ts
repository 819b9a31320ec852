// The worker's own sign of life: its row of the process beacons, which it writes every second.
import pg from "pg";
import { systemClock } from "#lib/clock.ts";

const LOOK_EVERY = 100;

export interface BeatWatch {
  /** Time of the last beat that was read, milliseconds since the epoch. */
  last(): number;
  stop(): Promise<void>;
}

async function readBeat(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined); // the query that was waiting rejects with it too
  try {
    await client.connect();
    const { rows } = await client.query<{ at: Date }>(
      "select at from process_beacon where process = 'worker'",
    );
    return rows[0]?.at.getTime() ?? 0;
  } catch {
    return 0; // the database is down
  } finally {
    await client.end().catch(() => undefined); // the answer is known
  }
}

export function watchBeats(url: string): BeatWatch {
  let last = 0;
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      last = Math.max(last, await readBeat(url));
      await systemClock.sleep(LOOK_EVERY, over.signal).catch(() => undefined); // the watch is over
    }
  })();
  return {
    last: () => last,
    async stop() {
      over.abort();
      await watching;
    },
  };
}
