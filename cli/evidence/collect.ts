// Puts into a folder what one evidence was made from: the order and both bundles. Started by run-act.ts as the worker's user,
// who may read them. Arguments: the evidence, the folder.
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#lib/clock.ts";
import { disconnectDatabase } from "#lib/db.ts";
import { AppError, messageOf, refused, unavailable } from "#lib/errors.ts";
import { findReproduction } from "#lib/evidence/reproduction.ts";
import { newId } from "#lib/ids.ts";
import { makeScope } from "#lib/scope.ts";

const [evidenceId = "", folder = ""] = process.argv.slice(2);

async function collect(): Promise<void> {
  const requestId = newId("request", systemClock.now());
  const actor = { kind: "system", name: "operator" } as const;
  const scope = makeScope({ actor, grants: [], requestId, clock: systemClock });
  const { bundles, ...order } = await findReproduction(scope, evidenceId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "not_found")
      throw refused(
        `This deployment (${process.env.PILOTHOUSE_DATA}) holds no evidence of that ID: the run's page names it, beside the verdict.`,
      );
    throw error;
  });
  for (const name of ["base", "patch"] as const)
    await copyFile(bundles[name], join(folder, `${name}.bundle`)).catch((error: unknown) => {
      throw unavailable(`The ${name} of this evidence is not kept on this host: ${messageOf(error)}`);
    });
  await writeFile(join(folder, "order.json"), JSON.stringify(order));
}

try {
  await collect();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
} finally {
  await disconnectDatabase();
}
