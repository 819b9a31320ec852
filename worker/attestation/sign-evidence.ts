// Evidence is signed soon after it was recorded. Without a folder for keys nothing is, and evidence stands as it is.
import { signEvidence, unsignedEvidence } from "#lib/evidence/sign-evidence.ts";
import type { Scope } from "#lib/scope.ts";
import { keptEvidenceKey } from "#lib/sealing/key-pair.ts";
import type { Workplace } from "../workplace.ts";

export function createEvidenceSigner({ env, logger }: Workplace): (scope: Scope) => Promise<void> {
  const folder = env.PILOTHOUSE_NOTICE_KEYS;
  return async (scope) => {
    if (folder === undefined) return;
    const unsigned = await unsignedEvidence(scope);
    if (unsigned.length === 0) return;
    const key = await keptEvidenceKey(folder);
    for (const id of unsigned)
      await signEvidence(scope, id, key).catch((err: unknown) =>
        logger.error({ err, evidence: id }, "evidence was not signed; the next is tried"),
      );
  };
}
