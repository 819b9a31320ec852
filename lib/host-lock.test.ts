import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { expect, test } from "vitest";
import { systemClock } from "./clock.ts";
import { tryHostLock, waitForHostLock } from "./host-lock.ts";

const module_ = new URL("./host-lock.ts", import.meta.url).href;

/** A process that takes the lock, says so, and keeps it until it dies. */
async function holder(name: string): Promise<ChildProcess> {
  const script = `const { tryHostLock } = await import(${JSON.stringify(module_)});
    const lock = await tryHostLock(${JSON.stringify(name)});
    console.log(lock ? "held" : "refused"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await once(child.stdout, "data");
  expect(String(said)).toBe("held\n");
  return child;
}

test("a lock is held by one, and can be taken again when it was released", async () => {
  const name = randomUUID();
  const lock = await tryHostLock(name);
  expect(lock).not.toBeNull();
  expect(await tryHostLock(name)).toBeNull();
  expect(await tryHostLock(`${name} other`)).not.toBeNull();
  await lock?.release();
  expect(await tryHostLock(name)).not.toBeNull();
});

test("a lock of a process that was killed is free at once", async () => {
  const name = randomUUID();
  const child = await holder(name);
  expect(await tryHostLock(name)).toBeNull();
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await tryHostLock(name)).not.toBeNull();
});

test("waiting ends when the lock is free, and with a sentence when patience ends first", async () => {
  const name = randomUUID();
  const lock = await tryHostLock(name);
  let now = 0;
  const clock = { ...systemClock, now: () => (now += 50) };
  await expect(waitForHostLock(name, 200, clock)).rejects.toThrow(
    `Another process has held "${name}" for 0.2 s.`,
  );
  const waiting = waitForHostLock(name, 60_000);
  await lock?.release();
  expect(await waiting).toBeDefined();
});
