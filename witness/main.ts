// npm run witness: a witness for logs of somebody else, on a host of its own.
import { readFileSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { systemClock } from "#lib/clock.ts";
import { messageOf, refused } from "#lib/errors.ts";
import { tryHostLock } from "#lib/host-lock.ts";
import { HELP, parseArguments, type WitnessArguments } from "./arguments.ts";
import { ensureFolder } from "./files.ts";
import { openCosigners, vkeyOf } from "./keys.ts";
import { listen } from "./server.ts";
import { openWitness } from "./witness.ts";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const complain = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function serve({ state: given, logs, host, port, name }: WitnessArguments): Promise<void> {
  await ensureFolder(resolve(given));
  const state = await realpath(given);
  if (!(await tryHostLock(`witness ${state}`))) throw refused(`Another witness runs on ${state}.`);
  const cosigners = await openCosigners(state, name);
  const witness = await openWitness({ state, cosigners, logs, clock: systemClock, report: complain });
  const server = await listen(witness, { host, port }, complain);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      server.close().catch((error: unknown) => complain(messageOf(error)));
    });
  }
  say(`Witness of ${[...new Set(logs.map((log) => log.name))].join(", ")}`);
  say("Its verifier keys, for the logs' owners and for policies:");
  for (const cosigner of cosigners) say(`  ${vkeyOf(cosigner)}`);
  say(`Listening on http://${host.includes(":") ? `[${host}]` : host}:${server.port}/`);
}

const parsed = parseArguments(process.argv.slice(2), (path) => readFileSync(path, "utf8"));
if ("help" in parsed) say(HELP);
else if ("mistakes" in parsed) {
  parsed.mistakes.forEach(complain);
  process.exitCode = 2;
} else {
  await serve(parsed.arguments).catch((error: unknown) => {
    complain(messageOf(error));
    process.exitCode = 1;
  });
}
