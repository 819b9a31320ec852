// The worker signs what is stored about evidence, once, with a key of its own. That a runner reported it is what it knows; that
// the runner saw it is what it does not.
import type { KeyObject } from "node:crypto";
import { enveloped, keyIdOf, rawEd25519 } from "../attestations/envelope.ts";
import { maySee } from "../authz/require.ts";
import { read, transaction } from "../db.ts";
import { notFound } from "../errors.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { charterDigestOf } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { EvidenceDocument } from "./document.ts";
import { evidenceStatement } from "./statement.ts";
import { listUnsigned } from "./store.ts";

export const unsignedEvidence = (scope: Scope): Promise<string[]> => read(scope, listUnsigned);

/** What was signed before stays as it is. */
export async function signEvidence(scope: Scope, evidenceId: string, privateKey: KeyObject): Promise<void> {
  await transaction(scope, async (tx) => {
    const evidence = await tx.db.evidence.findUniqueOrThrow({ where: { id: evidenceId } });
    if (await tx.db.evidenceStatement.findUnique({ where: { evidenceId } })) return;
    const { runId, canonical, digest } = evidence;
    if (sha256Hex(Buffer.from(canonical, "utf8")) !== digest) return; // taken away meanwhile
    const charter = await charterDigestOf(tx.db, runId);
    const document = EvidenceDocument.parse(JSON.parse(canonical));
    const envelope = JSON.stringify(enveloped(privateKey, evidenceStatement(digest, document, charter)));
    const statement = sha256Hex(Buffer.from(envelope, "utf8"));
    const publicKey = new Uint8Array(rawEd25519(privateKey));
    const madeAt = new Date(scope.clock.now());
    await tx.db.evidenceStatement.create({
      data: { evidenceId, runId, publicKey, envelope, digest: statement, madeAt },
    });
    tx.record({
      kind: "run.evidence_signed",
      about: [`run:${runId}`],
      charter,
      detail: { evidence: evidenceId, statement, key: keyIdOf(publicKey) },
    });
  });
}

/** The envelope about one evidence, on a line. Throws not_found for whom the run is hidden, and while nothing is signed. */
export async function evidenceEnvelope(scope: Scope, runId: string, evidenceId: string): Promise<string> {
  return read(scope, async (db) => {
    const run = await db.run.findUnique({ where: { id: runId }, select: { pilotId: true } });
    if (!run || !maySee(scope, run.pilotId)) throw notFound("run");
    const signed = await db.evidenceStatement.findFirst({ where: { evidenceId, runId } });
    if (!signed) throw notFound("evidence");
    return `${signed.envelope}\n`;
  });
}
