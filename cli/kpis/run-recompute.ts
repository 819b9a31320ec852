// `npm run kpis:recompute` from the launcher's side: a process with the worker's user and role compares facts with their rows.
import { join } from "node:path";
import { tryHostLock } from "#lib/host-lock.ts";
import { roleUrls } from "#lib/migrate/roles.ts";
import { runToEnd } from "../command.ts";
import { openDatabase } from "../database.ts";
import { prepareFolders } from "../layout.ts";
import { type Deployment, workerVariables } from "../settings.ts";

export interface KpisAct {
  /** Compares and mends nothing. */
  readonly isCheck: boolean;
}

/** What it says in the end; refused with it where a check found differences. A database that was not running is stopped again. */
export async function runRecompute(
  deployment: Deployment,
  databaseUrl: string | undefined,
  { isCheck }: KpisAct,
): Promise<string> {
  const { root, layout, who } = deployment;
  const lock = await tryHostLock(`up ${layout.data}`);
  if (lock) await prepareFolders(layout, who);
  const database = await openDatabase(databaseUrl, layout, who);
  try {
    const env = workerVariables(deployment, await roleUrls(database.ownerUrl, layout.secrets), process.env);
    const command = [process.execPath, join(root, "cli/kpis/recompute.ts")] as const;
    const options = { cwd: root, env, identity: who.worker, isOurs: true };
    const said = await runToEnd("Recomputing", [...command, ...(isCheck ? ["--check"] : [])], options);
    return said.trimEnd();
  } finally {
    if (lock) await database.stop();
    await lock?.release();
  }
}
