// Keeps children running: a death is told, and followed by a restart after a growing pause.
import type { Clock } from "#lib/clock.ts";
import { countFailure, restartDelay } from "./backoff.ts";
import { type ChildSpec, type Exit, startChild } from "./child.ts";
import { endGroups, signalGroup, startTimeOf } from "./processes.ts";
import type { ProcessRecord } from "./records.ts";

export interface Death {
  readonly spec: ChildSpec;
  readonly exit: Exit;
  /** Milliseconds it had lived. */
  readonly lived: number;
  /** Deaths in a row, this one included. */
  readonly failures: number;
  /** Milliseconds until it is started again. */
  readonly pause: number;
}

export interface SupervisorOptions {
  readonly clock: Clock;
  onDeath(death: Death): void;
  /** Called whenever a child was started or is gone. */
  onChange(children: readonly ProcessRecord[]): void;
  /** Milliseconds a child has to end by itself when asked to. */
  readonly stopGrace?: number;
}

export interface Supervisor {
  start(spec: ChildSpec): void;
  children(): readonly ProcessRecord[];
  /** Ends all in reverse order of their start; nothing is restarted from here on. Idempotent. */
  stop(): Promise<void>;
}

const STOP_GRACE = 10_000;

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { clock, onDeath, onChange, stopGrace = STOP_GRACE } = options;
  const running = new Map<string, ProcessRecord>();
  const loops: Promise<void>[] = [];
  const stopping = new AbortController();
  let stopped: Promise<void> | undefined;

  async function runOnce(spec: ChildSpec): Promise<Exit> {
    const child = startChild(spec);
    const startTime = child.pid === null ? null : startTimeOf(child.pid);
    if (child.pid !== null && startTime !== null) {
      running.set(spec.name, { name: spec.name, pid: child.pid, startTime });
      onChange([...running.values()]);
    }
    const exit = await child.exited;
    running.delete(spec.name);
    if (child.pid !== null) signalGroup(child.pid, "SIGKILL"); // what it started does not outlive it
    if (!stopping.signal.aborted) onChange([...running.values()]);
    return exit;
  }

  async function keepRunning(spec: ChildSpec): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const began = clock.now();
      const exit = await runOnce(spec);
      if (stopping.signal.aborted) return;
      const lived = clock.now() - began;
      failures = countFailure(failures, lived);
      const pause = restartDelay(failures);
      onDeath({ spec, exit, lived, failures, pause });
      await clock.sleep(pause, stopping.signal).catch(() => undefined); // stopping ends the pause
    }
  }

  async function stopAll(): Promise<void> {
    stopping.abort();
    for (const child of [...running.values()].reverse()) await endGroups([child], stopGrace, clock);
    await Promise.all(loops);
  }

  return {
    start(spec) {
      loops.push(keepRunning(spec));
    },
    children: () => [...running.values()],
    stop() {
      stopped ??= stopAll();
      return stopped;
    },
  };
}
