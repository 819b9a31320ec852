// Keeps every checkpoint that was ever out, as an outside witness without a key of its own would.
import { systemClock } from "#lib/clock.ts";
import { type NotaryFolders, type Published, readPublished } from "../../log/notary.ts";

const LOOK_EVERY = 10;

export interface CheckpointWatch {
  readonly seen: readonly Published[];
  /** Sentences about what a checkpoint took back. */
  readonly faults: readonly string[];
  stop(): Promise<void>;
}

export function watchCheckpoints(folders: NotaryFolders, onSeen: () => void): CheckpointWatch {
  const seen: Published[] = [];
  const faults: string[] = [];
  const over = new AbortController();
  const look = async () => {
    const published = await readPublished(folders);
    const last = seen.at(-1);
    if (!published || published.sha256 === last?.sha256) return;
    if (last && published.size < last.size)
      faults.push(`a checkpoint of ${published.size} entries came after one of ${last.size}`);
    seen.push(published);
    onSeen();
  };
  const watching = (async () => {
    while (!over.signal.aborted) {
      await look();
      await systemClock.sleep(LOOK_EVERY, over.signal).catch(() => undefined); // the watch is over
    }
    await look();
  })();
  watching.catch((error: unknown) => void faults.push(`a checkpoint could not be read: ${String(error)}`));
  return {
    ...{ seen, faults },
    async stop() {
      over.abort();
      await watching.catch(() => undefined); // told among the faults
    },
  };
}
