// What setup reached and what it was kept from, as events: each kind at once, then sums every few seconds and at the end. A
// program that knocks a million times fills no log with it.
import type { Socket } from "node:net";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { EgressVerdict } from "#lib/protocol/setup-events.ts";
import { visibleText } from "#lib/text/rules.ts";

/** Different ones told one by one; what exceeds them is told as one of each verdict. */
const MOST_KINDS = 100;
const TELL_MS = 10_000;

export interface Reached {
  readonly host: string;
  readonly port: number;
  readonly verdict: EgressVerdict;
  /** The entry that allowed it, or why not. */
  readonly rule: string;
}

interface Sum extends Reached {
  up: number;
  down: number;
  times: number;
  readonly open: Set<Counted>;
}

interface Counted {
  readonly socket: Socket;
  up: number;
  down: number;
}

export interface Egress {
  /** Counts one more; with its connection to the host where there is one. */
  add(reached: Reached, socket?: Socket): void;
  /** Tells what is left. */
  close(): Promise<void>;
}

export function createEgress(emit: (event: NewEvent) => Promise<void>, tellMs = TELL_MS): Egress {
  const sums = new Map<string, Sum>();
  let telling: Promise<void> = Promise.resolve();
  const timer = setInterval(tellAll, tellMs);
  timer.unref();

  /** In order; what cannot be kept ends the lease elsewhere. */
  function tell({ host, port, verdict, rule }: Reached, up: number, down: number, times: number): void {
    const body = {
      host: visibleText(host.slice(0, 260), "line").slice(0, 260).toWellFormed(),
      ...{ port, verdict, rule: visibleText(rule, "line").slice(0, 300).toWellFormed(), up, down, times },
    };
    telling = telling.then(() => emit({ kind: "egress", body }));
    telling.catch(() => undefined); // close() tells whoever waits
  }

  function sumOf(reached: Reached): Sum {
    const { host, port, verdict, rule } = reached;
    const key = JSON.stringify([host, port, verdict, rule]);
    const isOneOfMany = !sums.has(key) && sums.size >= MOST_KINDS;
    const place = isOneOfMany ? verdict : key;
    const known = sums.get(place);
    if (known) return known;
    const kind = isOneOfMany ? { host: "more hosts", port: 0, verdict, rule: "" } : reached;
    const sum: Sum = { ...kind, up: 0, down: 0, times: 0, open: new Set() };
    sums.set(place, sum);
    tell(sum, 0, 0, 1);
    return sum;
  }

  /** What went over the wire since it was looked at last. */
  function look(sum: Sum, counted: Counted): void {
    const { bytesWritten, bytesRead } = counted.socket;
    sum.up += bytesWritten - counted.up;
    sum.down += bytesRead - counted.down;
    counted.up = bytesWritten;
    counted.down = bytesRead;
  }

  function tellAll(): void {
    for (const sum of sums.values()) {
      for (const counted of sum.open) look(sum, counted);
      const { up, down, times } = sum;
      if (up + down + times === 0) continue;
      sum.up = 0;
      sum.down = 0;
      sum.times = 0;
      tell(sum, up, down, times);
    }
  }

  return {
    add(reached, socket) {
      const before = sums.size;
      const sum = sumOf(reached);
      if (sums.size === before) sum.times += 1; // else it was told just now
      if (socket === undefined) return;
      const counted: Counted = { socket, up: 0, down: 0 };
      sum.open.add(counted);
      socket.once("close", () => {
        look(sum, counted);
        sum.open.delete(counted);
      });
    },
    async close() {
      clearInterval(timer);
      tellAll();
      await telling;
    },
  };
}
