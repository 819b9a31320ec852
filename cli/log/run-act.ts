// An act on the log from the launcher's side: a process with the notary's user, so that it reaches the notary's folder,
// and the database role of web, whose entries it writes.
import { join } from "node:path";
import { tryHostLock } from "#lib/host-lock.ts";
import { roleUrls } from "#lib/migrate/roles.ts";
import { runToEnd } from "../command.ts";
import { openDatabase } from "../database.ts";
import { prepareFolders } from "../layout.ts";
import { type Deployment, notaryVariables } from "../settings.ts";
import type { LogAct } from "./acts.ts";

/** What it says in the end. A database that was not running is stopped again. */
export async function runLogAct(
  deployment: Deployment,
  databaseUrl: string | undefined,
  act: LogAct,
): Promise<string> {
  const { root, layout, who } = deployment;
  const lock = await tryHostLock(`up ${layout.data}`);
  if (lock) await prepareFolders(layout, who);
  const database = await openDatabase(databaseUrl, layout, who);
  try {
    const urls = await roleUrls(database.ownerUrl, layout.secrets);
    const env = { ...notaryVariables(deployment, urls, process.env), DATABASE_URL: urls.web };
    const command = [process.execPath, join(root, "cli/log/operate.ts"), JSON.stringify(act)] as const;
    return (await runToEnd("The act", [...command], { cwd: root, env, identity: who.notary })).trimEnd();
  } finally {
    if (lock) await database.stop();
    await lock?.release();
  }
}
