// Compares facts with what their rows say, and mends them. Started by run-recompute.ts as the worker's user. Argument: --check.
import { systemClock } from "#lib/clock.ts";
import { disconnectDatabase } from "#lib/db.ts";
import { messageOf } from "#lib/errors.ts";
import { compareFacts, linesOf, mendFacts } from "#lib/facts/recompute.ts";
import { newId } from "#lib/ids.ts";
import { makeScope } from "#lib/scope.ts";

const isCheck = process.argv[2] === "--check";

async function recompute(): Promise<boolean> {
  const requestId = newId("request", systemClock.now());
  const actor = { kind: "system", name: "operator" } as const;
  const scope = makeScope({ actor, grants: [], requestId, clock: systemClock });
  const different = await (isCheck ? compareFacts(scope) : mendFacts(scope));
  if (different.length === 0) console.log("Every fact says what its rows say.");
  else {
    for (const line of linesOf(different)) console.log(line);
    console.log(
      isCheck
        ? `${different.length} of the facts do not say what their rows say. Without --check they are mended.`
        : `${different.length} of the facts did not say what their rows say, and do now. The log says so.`,
    );
  }
  return different.length === 0 || !isCheck;
}

try {
  if (!(await recompute())) process.exitCode = 1;
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
} finally {
  await disconnectDatabase();
}
