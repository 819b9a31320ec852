// The gateway: the only process that opens providers' keys, and the only way from a sandbox to a model.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { SECOND, systemClock } from "#lib/clock.ts";
import { disconnectDatabase } from "#lib/db.ts";
import { AppError, messageOf, refused } from "#lib/errors.ts";
import { tryHostLock } from "#lib/host-lock.ts";
import { startListener } from "#lib/live/listener.ts";
import { createLogger } from "#lib/logger.ts";
import { admit } from "#lib/model-calls/admit.ts";
import { openCalls } from "#lib/model-calls/open-calls.ts";
import { BEAT_EVERY, beatGateway, leaveGateway } from "#lib/model-calls/presence.ts";
import { recordRefusal } from "#lib/model-calls/record-refusal.ts";
import { recoverCalls } from "#lib/model-calls/recover-calls.ts";
import type { RefusalReason } from "#lib/model-calls/schema.ts";
import { settleCalls } from "#lib/model-calls/settle-calls.ts";
import { answerTest, listAskedTests, publishGatewayKey } from "#lib/providers/gateway-side.ts";
import { findRunnerForAuth } from "#lib/runners/service.ts";
import { keptKeyPair } from "#lib/sealing/key-pair.ts";
import type { Caller } from "./access/authenticate.ts";
import { type GatewayEnv, gatewayEnv } from "./env.ts";
import { LIMITS, openGateway } from "./gateway.ts";
import { createTestLoop } from "./keys/answer-tests.ts";
import { createUnseal } from "./keys/unseal.ts";
import type { Ledger } from "./ledger.ts";
import { gatewayScope } from "./scope.ts";

/** Below what the launcher waits before it kills. */
const GRACE = 5 * SECOND;
const RECOVER_EVERY = 30 * SECOND;

const logger = createLogger("gateway");
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());

const ledger: Ledger = {
  admit: (tokenSha256, runnerId) => admit(gatewayScope(), tokenSha256, runnerId),
  openCalls: (intents) => openCalls(gatewayScope(), intents),
  settleCalls: (finals) => settleCalls(gatewayScope(), finals),
};

function noteRefusal({ runnerId, admission }: Caller, reason: RefusalReason): void {
  recordRefusal(gatewayScope(), { reason, runnerId, run: admission }).catch((error: unknown) => {
    logger.warn({ err: error, reason }, "a refusal could not be written down");
  });
}

async function tlsOf({ PILOTHOUSE_GATEWAY_TLS_CERT: cert, PILOTHOUSE_GATEWAY_TLS_KEY: key }: GatewayEnv) {
  return cert && key ? { cert: await readFile(cert), key: await readFile(key) } : null;
}

async function recover(): Promise<void> {
  const count = await recoverCalls(gatewayScope());
  if (count > 0) logger.warn({ count }, "calls that were left open are ended as unknown");
}

/** Until the signal, again and again; what fails is said, and tried at the next turn. */
async function repeat(
  every: number,
  what: string,
  work: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch((err: unknown) => logger.warn({ err }, what));
    await systemClock.sleep(every, signal).catch(() => undefined); // asked to stop
  }
}

async function serve(env: GatewayEnv): Promise<void> {
  const { privateKey, publicKey } = await keptKeyPair(env.PILOTHOUSE_GATEWAY);
  const { gatewayKeyId } = await publishGatewayKey(gatewayScope(), publicKey);
  // Several gateways may have one key, and this one had another life before: a call is this process's alone.
  const gatewayId = `${gatewayKeyId}.${randomBytes(8).toString("hex")}`;
  await beatGateway(gatewayScope(), gatewayId);
  const unseal = createUnseal(privateKey);
  const gateway = await openGateway(
    {
      ...{ gatewayId, ledger, clock: systemClock, logger, limits: LIMITS, unseal },
      findRunner: (runnerId) => findRunnerForAuth(gatewayScope(), runnerId),
      refused: noteRefusal,
    },
    { host: env.PILOTHOUSE_GATEWAY_HOST, port: env.PILOTHOUSE_GATEWAY_PORT, tls: await tlsOf(env) },
  );
  const listener = startListener({ connectionString: env.DATABASE_URL, log: logger });
  const tests = createTestLoop({
    ...{ clock: systemClock, logger, upstream: gateway.upstream, unseal },
    asked: () => listAskedTests(gatewayScope()),
    answer: (asked, answer) => answerTest(gatewayScope(), asked, answer),
  });
  listener.subscribe("run_changed", null, gateway.live.wake);
  listener.subscribe("provider_test_asked", null, tests.wake);
  const testing = tests.run(stop.signal);
  logger.info({ port: gateway.port, gatewayId }, "gateway listens");
  const ended = new AbortController();
  const beating = repeat(
    BEAT_EVERY,
    "this gateway could not say that it is there",
    () => beatGateway(gatewayScope(), gatewayId),
    ended.signal,
  );
  await repeat(RECOVER_EVERY, "recovery failed", recover, stop.signal);
  await gateway.stop(GRACE);
  ended.abort();
  await beating;
  await leaveGateway(gatewayScope(), gatewayId).catch((err: unknown) =>
    logger.warn({ err }, "this gateway could not say that it leaves"),
  );
  await testing;
  await listener.close();
}

async function main(): Promise<void> {
  const env = gatewayEnv(process.env);
  const lock = await tryHostLock(`gateway ${env.PILOTHOUSE_GATEWAY}`);
  if (!lock) throw refused(`Another gateway works with ${env.PILOTHOUSE_GATEWAY} already.`);
  try {
    await serve(env);
  } finally {
    await disconnectDatabase();
    await lock.release();
  }
}

try {
  await main();
} catch (error) {
  if (error instanceof AppError) logger.fatal(messageOf(error));
  else logger.fatal({ err: error }, "the gateway ends");
  process.exitCode = 1;
}
process.exit();
