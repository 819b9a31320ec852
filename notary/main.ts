// The notary: numbers entries, builds the log's tiles, signs checkpoints. It parses nothing that comes from outside but
// what witnesses answer, and it remembers by itself what it signed.
import { systemClock } from "#lib/clock.ts";
import { AppError, messageOf } from "#lib/errors.ts";
import { createLogger } from "#lib/logger.ts";
import { createAlarms } from "./alarms.ts";
import { realDisk } from "./disk.ts";
import { type NotaryEnv, notaryEnv } from "./env.ts";
import { keepHouse } from "./housekeeping.ts";
import { readKeys } from "./keys.ts";
import { type Leadership, lead } from "./lead.ts";
import { serve } from "./serve.ts";
import { createNotary, type Round } from "./tick.ts";
import { createWitnessRounds, readWitnesses } from "./witnesses.ts";

const WITNESS_TIMEOUT = 5000;
const logger = createLogger("notary");
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());

const givenKey = (env: NotaryEnv) => ({ pem: env.PILOTHOUSE_LOG_KEY, file: env.PILOTHOUSE_LOG_KEY_FILE });

async function work(env: NotaryEnv, { client, side, lost }: Leadership): Promise<void> {
  const folders = { log: env.PILOTHOUSE_LOG, own: env.PILOTHOUSE_NOTARY };
  const given = givenKey(env);
  const alarms = createAlarms(client, logger);
  const parts = { client, folders, given, disk: realDisk, clock: systemClock, logger, alarms };
  let epoch: number | null = null;
  const onRound = ({ signed }: Round) => {
    epoch = signed?.epoch ?? epoch;
  };
  const beside = createAlarms(side, logger);
  const rounds = createWitnessRounds({
    client: side,
    disk: realDisk,
    log: folders.log,
    alarms: beside,
    clock: systemClock,
    logger,
    timeout: WITNESS_TIMEOUT,
    epoch: () => epoch,
  });
  const witnesses = await readWitnesses(env.PILOTHOUSE_WITNESSES);
  const service = { notary: createNotary(parts), alarms, clock: systemClock, logger, onRound };
  logger.info({ witnesses: witnesses.map(({ verifier }) => verifier.name) }, "notary leads");
  await Promise.race([
    Promise.all([
      serve(service, stop.signal),
      keepHouse({ client: side, alarms: beside, clock: systemClock, signal: stop.signal }, logger),
      ...witnesses.map((witness) => rounds.run(witness, stop.signal)),
    ]),
    lost,
  ]);
}

async function main(): Promise<void> {
  const env = notaryEnv(process.env);
  await readKeys(env.PILOTHOUSE_NOTARY, givenKey(env)); // a key that is open to others is refused before anything else
  const leadership = await lead(env.DATABASE_URL, env.PILOTHOUSE_NOTARY, logger, systemClock, stop.signal);
  try {
    await work(env, leadership);
  } finally {
    await leadership.end();
  }
}

try {
  await main();
} catch (error) {
  if (!stop.signal.aborted) {
    if (error instanceof AppError) logger.fatal(messageOf(error));
    else logger.fatal({ err: error }, "the notary ends");
    process.exitCode = 1;
  }
}
process.exit();
