// A sandbox as one lease sees it: whatever was started through it can be paused, resumed and killed as one, and after
// the kill nothing starts any more. A start that is under way when that happens is caught too.
import type { Sandbox, SandboxProcess, SandboxSpec, StartOptions } from "#lib/jail/port.ts";

export interface GuardedSandbox extends Sandbox {
  /** Stops every process; a start waits until `resumeAll`. */
  pauseAll(): Promise<void>;
  resumeAll(): Promise<void>;
  /** Kills every process and refuses further starts with the reason. Resolves when nothing is left. */
  killAll(reason: Error): Promise<void>;
}

export function guardSandbox(sandbox: Sandbox): GuardedSandbox {
  const live = new Set<SandboxProcess>();
  const starting = new Set<Promise<SandboxProcess>>();
  let pause: PromiseWithResolvers<void> | null = null;
  let closed: Error | null = null;

  function remember(process: SandboxProcess): void {
    live.add(process);
    const forget = () => live.delete(process);
    process.exited.then(forget, forget);
  }

  /** Brings a process that started meanwhile into the state all the others are in. */
  async function join(begun: Promise<SandboxProcess>): Promise<SandboxProcess> {
    const process = await begun;
    remember(process);
    if (closed !== null) {
      await process.kill();
      throw closed;
    }
    if (pause !== null) await process.pause();
    return process;
  }

  async function start(spec: SandboxSpec, options?: StartOptions): Promise<SandboxProcess> {
    while (pause !== null && closed === null) await pause.promise;
    if (closed !== null) throw closed;
    const begun = join(sandbox.start(spec, options));
    starting.add(begun);
    try {
      return await begun;
    } finally {
      starting.delete(begun);
    }
  }

  const killLive = () => Promise.all([...live].map((process) => process.kill()));

  return {
    tier: sandbox.tier,
    missing: sandbox.missing,
    uid: sandbox.uid,
    start,
    async pauseAll() {
      if (pause !== null || closed !== null) return;
      pause = Promise.withResolvers<void>();
      await Promise.all([...live].map((process) => process.pause()));
    },
    async resumeAll() {
      if (pause === null || closed !== null) return;
      const over = pause;
      pause = null;
      await Promise.all([...live].map((process) => process.resume()));
      over.resolve();
    },
    async killAll(reason) {
      closed ??= reason;
      pause?.resolve();
      await killLive();
      await Promise.allSettled([...starting]);
      await killLive();
    },
  };
}
