// Wake-up calls that leave after the commit they speak of, many in one statement. Inside the transaction each would
// make it wait for every other one that notifies: Postgres orders notifications by a lock held across the commit,
// which ends group commit (measured: docs/adr/0008).

export interface Ring {
  readonly channel: "run_changed" | "record_grew" | "inbox_grew" | "lease_ended";
  readonly payload: string;
}

export interface Bell {
  /** Equal rings that wait together are sent once. Never throws; a call that is lost costs a wake-up, no data. */
  ring(rings: readonly Ring[]): void;
  /** Resolves when everything rung so far was sent or given up. */
  quiet(): Promise<void>;
}

interface BellOptions {
  readonly send: (rings: readonly Ring[]) => Promise<unknown>;
  readonly failed: (error: unknown) => void;
  /** Resolves when the next call may leave: so often at most, whatever the rate of writing. */
  readonly pause: () => Promise<unknown>;
}

export function createBell({ send, failed, pause }: BellOptions): Bell {
  const waiting = new Map<string, Ring>();
  let leaving: Promise<void> = Promise.resolve();
  let isBusy = false;

  async function sendAll(): Promise<void> {
    const rings = [...waiting.values()];
    waiting.clear();
    await send(rings).catch(failed);
  }

  /** The first call leaves at once; what comes meanwhile leaves together after the pause. */
  async function keepSending(): Promise<void> {
    isBusy = true;
    while (waiting.size > 0) {
      leaving = sendAll();
      await Promise.all([leaving, pause()]);
    }
    isBusy = false;
  }

  return {
    ring(rings) {
      for (const ring of rings) waiting.set(`${ring.channel} ${ring.payload}`, ring);
      if (!isBusy) void keepSending();
    },
    async quiet() {
      await leaving;
      if (waiting.size > 0) await sendAll();
    },
  };
}
