import { webEnv } from "../env.ts";
import { createLogger } from "../logger.ts";
import type { Channel } from "../notify.ts";
import { type Listener, startListener, type Wake } from "./listener.ts";

// Next loads this module once per bundle; the connection belongs to the process.
const holder = globalThis as { pilothouseListener?: Listener };

function listener(): Listener {
  holder.pilothouseListener ??= startListener({
    connectionString: webEnv().DATABASE_URL,
    log: createLogger("web"),
  });
  return holder.pilothouseListener;
}

/** Calls `wake` at each notification of the channel (of one payload, or null for all) and after reconnects. */
export function subscribe(channel: Channel, payload: string | null, wake: Wake): () => void {
  return listener().subscribe(channel, payload, wake);
}

/** Resolves once the process listens; what is notified from then on wakes. */
export const liveReady = (): Promise<void> => listener().ready();

export async function closeLive(): Promise<void> {
  await holder.pilothouseListener?.close();
  delete holder.pilothouseListener;
}
