// One act of the operator, given as JSON; prints what came of it. Started by run-act.ts as the notary's user.
import pg from "pg";
import { type Clock, SECOND, systemClock } from "#lib/clock.ts";
import { disconnectDatabase } from "#lib/db.ts";
import { messageOf } from "#lib/errors.ts";
import { notaryEnv } from "#notary/env.ts";
import { readOwnState } from "#notary/own-state.ts";
import type { LogAct } from "./acts.ts";
import { retireKey, rotateKey } from "./change-keys.ts";
import { type Operator, operatorAt } from "./operator.ts";
import { startEpoch } from "./start-epoch.ts";

const PATIENCE = 5 * SECOND;

async function isTaken(own: string, epoch: number, clock: Clock): Promise<boolean> {
  for (const deadline = clock.now() + PATIENCE; clock.now() < deadline; await clock.sleep(100)) {
    // A state that cannot be read is why an epoch is begun at times; it is readable once the notary has taken the order.
    const state = await readOwnState(own).catch(() => null); // unreadable counts as not yet taken
    if (state?.epoch === epoch) return true;
  }
  return false;
}

async function newEpoch(operator: Operator, url: string, reason: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { epoch, origin, old, kept } = await startEpoch(operator, client, systemClock, reason);
    const lost = old.size - kept;
    const window =
      lost === 0
        ? "Nothing that was signed is lost."
        : `Lost: ${lost}, from index ${kept} to ${old.size - 1}.`;
    const taken = await isTaken(operator.folders.own, epoch, systemClock);
    return [
      `Epoch ${epoch} of the log is ${origin}. Of ${old.size} entries signed as ${old.origin}, ${kept} are kept. ${window}`,
      taken ? "The notary has begun it." : "The notary begins it when it runs.",
      `The old epoch's folder stays, and stays verifiable. Give readers and witnesses the new verifier key in ${epoch}/vkey.`,
    ].join("\n");
  } finally {
    await client.end();
  }
}

async function perform(act: LogAct): Promise<string> {
  const env = notaryEnv(process.env);
  const folders = { own: env.PILOTHOUSE_NOTARY, log: env.PILOTHOUSE_LOG };
  const given = { pem: env.PILOTHOUSE_LOG_KEY, file: env.PILOTHOUSE_LOG_KEY_FILE };
  const operator = operatorAt(folders, given);
  switch (act.kind) {
    case "new_epoch":
      return newEpoch(operator, env.DATABASE_URL, act.reason);
    case "rotate_key":
      return `A key was added; from the next checkpoint on it signs beside the others.\n${await rotateKey(operator)}`;
    case "retire_key":
      return `The key signs no more, and its private half is destroyed.\n${await retireKey(operator, act.keyId)}`;
  }
}

try {
  console.log(await perform(JSON.parse(process.argv[2] ?? "")));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
} finally {
  await disconnectDatabase();
}
