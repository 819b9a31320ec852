// What the notary and the worker do in the background, done at once.
import { indexLog } from "../log-index/service.ts";
import type { TestDatabase } from "./database.ts";
import { asProcess } from "./journey.ts";
import { sequenceLog, type TestLog } from "./notary.ts";
import { systemActor, testScope } from "./scopes.ts";

/** Everything committed by now is numbered, signed and found. */
export async function indexedLog(database: TestDatabase): Promise<TestLog> {
  const log = await sequenceLog(database);
  await asProcess(database, "worker", () => indexLog(testScope({ actor: systemActor("worker") })));
  return log;
}
