import type { Db } from "../db.ts";
import { refused } from "../errors.ts";
import type { Charter } from "../pilots/schema.ts";
import { labelFaults } from "../repositories/label-rules.ts";
import { findRepositoryState } from "../repositories/service.ts";

/** Throws refused, at its field, where the charter's repository does not carry what it wants, or what it forbids. */
export async function refuseForeignLabels(db: Db, charter: Charter): Promise<void> {
  const repository = await findRepositoryState(db, charter.scope.repositoryId);
  const faults = labelFaults(charter, repository?.labels ?? []);
  const [sentence] = Object.values(faults).flat();
  if (sentence !== undefined) throw refused(sentence, faults);
}
