// The real web process: built if it was not, started on the plane's port, ended by its process id.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { join } from "node:path";
import { buildPages } from "#cli/build.ts";
import { MINUTE, SECOND, systemClock } from "#lib/clock.ts";
import type { BenchPlane } from "./plane.ts";

export interface WebProcess {
  readonly url: string;
  stop(): Promise<void>;
}

const isOver = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { redirect: "manual" })).status < 500;
  } catch {
    return false; // not listening yet
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (isOver(child)) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const patience = new AbortController();
  const kill = systemClock.sleep(5 * SECOND, patience.signal).then(
    () => void child.kill("SIGKILL"),
    () => undefined, // it ended in time
  );
  await exit;
  patience.abort();
  await kill;
}

/** Uses the pages as they are built; builds them where there are none. */
export async function startWeb({ root, port, url, folder, variables }: BenchPlane): Promise<WebProcess> {
  if (!existsSync(join(root, ".next/BUILD_ID"))) await buildPages(root);
  const log = createWriteStream(join(folder, "web.log"));
  const next = join(root, "node_modules/next/dist/bin/next");
  const child = spawn(process.execPath, [next, "start", "--port", String(port), "--hostname", "127.0.0.1"], {
    cwd: root,
    env: { ...variables, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const deadline = systemClock.now() + MINUTE;
  while (!(await answers(`${url}/sign-in`))) {
    if (isOver(child) || systemClock.now() > deadline) {
      await stop(child);
      throw new Error(`The web process does not answer at ${url}; see ${join(folder, "web.log")}.`);
    }
    await systemClock.sleep(100);
  }
  return { url, stop: () => stop(child) };
}
