// Brings everything up and keeps it up until a signal says stop.
import { systemClock } from "#lib/clock.ts";
import { refused } from "#lib/errors.ts";
import { tryHostLock } from "#lib/host-lock.ts";
import { checkHost } from "./checks/host.ts";
import { ensurePackages, missingTools } from "./checks/tools.ts";
import { type Database, openDatabase } from "./database.ts";
import { isRoot } from "./identities.ts";
import { prepareFolders } from "./layout.ts";
import { serve, type UpOptions } from "./serve.ts";
import { endLeftovers, readRunning } from "./supervisor/records.ts";

async function prepareHost({ deployment, databaseUrl, progress }: UpOptions): Promise<void> {
  const { root, layout, who, port, gatewayPort } = deployment;
  await progress.step("Checking this host", async () => {
    await ensurePackages(missingTools(process.env.PATH ?? ""), process.env.PATH ?? "", isRoot());
    const gateway = { folder: layout.gateway, port: gatewayPort };
    const host = { root, data: layout.data, who, port, gateway, portIsOwn: false, databaseUrl };
    const wrong = (await checkHost(host)).find((finding) => !finding.ok);
    if (wrong) throw refused(wrong.sentence);
    await prepareFolders(layout, who);
    return "This host has what is needed";
  });
}

/** Resolves after everything was stopped, or at once where it is running already. */
export async function up(options: UpOptions): Promise<void> {
  const { deployment, databaseUrl, progress, clock = systemClock } = options;
  const { layout, who } = deployment;
  const lock = await tryHostLock(`up ${layout.data}`);
  if (!lock) {
    const running = await readRunning(layout.state);
    const where = running ? ` at ${running.url} (process ${running.pid})` : ", still starting";
    progress.say(
      `Pilothouse with the data in ${layout.data} is running already${where}. Nothing was started.`,
    );
    return;
  }
  try {
    const ended = await endLeftovers(layout.state, clock);
    if (ended.length > 0) progress.say(`  ✓ Ended what a killed start had left behind: ${ended.join(", ")}`);
    await prepareHost(options);
    let database: Database | undefined;
    try {
      await progress.step("Opening the database", async () => {
        database = await openDatabase(databaseUrl, layout, who);
        return database.sentence;
      });
      if (database && !options.stop.aborted) await serve(options, database);
    } finally {
      await database?.stop();
    }
  } catch (error) {
    if (!options.stop.aborted) throw error;
    progress.say("Stopped before everything was up.");
  } finally {
    await lock.release();
  }
}
