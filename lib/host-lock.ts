// A lock among the processes of one host, let go by the kernel however its holder ends: a socket in
// Linux's abstract name space.
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { type Clock, systemClock } from "./clock.ts";
import { unavailable } from "./errors.ts";

export interface HostLock {
  release(): Promise<void>;
}

/** The lock called `name`, or null where another process holds it. */
export function tryHostLock(name: string): Promise<HostLock | null> {
  const address = `\0pilothouse-${createHash("sha256").update(name).digest("hex").slice(0, 40)}`;
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error) => {
      if ("code" in error && error.code === "EADDRINUSE") resolve(null);
      else reject(error);
    });
    server.listen(address, () => {
      server.unref();
      resolve({ release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

const RETRY = 100;

/** Waits for the lock; throws `unavailable` after `patience` milliseconds. */
export async function waitForHostLock(
  name: string,
  patience: number,
  clock: Clock = systemClock,
): Promise<HostLock> {
  const deadline = clock.now() + patience;
  for (;;) {
    const lock = await tryHostLock(name);
    if (lock) return lock;
    if (clock.now() >= deadline)
      throw unavailable(`Another process has held "${name}" for ${patience / 1000} s.`);
    await clock.sleep(RETRY);
  }
}
