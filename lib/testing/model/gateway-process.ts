// The gateway as the process it is, with the key of a test: to be killed and started again.
import { type ChildProcess, spawn } from "node:child_process";
import type { KeyObject } from "node:crypto";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#lib/clock.ts";
import { choosePort } from "#lib/postgres/port.ts";
import { KEY_FILE } from "#lib/sealing/key-pair.ts";

export interface GatewayProcess {
  readonly url: string;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
  close(): Promise<void>;
}

const MAIN = new URL("../../../gateway/main.ts", import.meta.url).pathname;

export async function openGatewayProcess(databaseUrl: string, key: KeyObject): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), "pilothouse-gateway-test-"));
  const own = join(folder, "gateway");
  mkdirSync(own, { mode: 0o700 });
  writeFileSync(join(own, KEY_FILE), key.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  const port = await choosePort(45_000 + randomInt(10_000));
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;

  async function kill(): Promise<void> {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  async function start(): Promise<void> {
    const env = {
      ...{ NODE_ENV: "production" as const, PATH: process.env.PATH, DATABASE_URL: databaseUrl },
      ...{ PILOTHOUSE_GATEWAY: own, PILOTHOUSE_GATEWAY_PORT: String(port), PILOTHOUSE_LOG_LEVEL: "error" },
    };
    child = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "ignore", "inherit"] });
    const isOpen = () =>
      fetch(url).then(
        () => true,
        () => false,
      );
    while (!(await isOpen())) {
      if (child.exitCode !== null) throw new Error(`The gateway ended with ${child.exitCode}.`);
      await systemClock.sleep(50);
    }
  }

  await start();
  return {
    url,
    kill,
    start,
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
