// Out of quarantine: a person asks for named files, and others decide on exactly those bytes.
import { randomBytes } from "node:crypto";
import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { notFound, refused } from "../errors.ts";
import { openGate } from "../gates/open-gate.ts";
import { ruledDeadline } from "../gates/own-rules.ts";
import { handsIn } from "../messages/service.ts";
import { approvalDeadline } from "../pilots/rules.ts";
import { requirePeople } from "../pilots/second-person.ts";
import { charterOf, findPilotState } from "../pilots/service.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { getRun } from "../runs/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { promotionRule, whyNotPromotable } from "./rules.ts";
import { ArtefactDocument, ArtefactFinding, type AskPromotion } from "./schema.ts";
import { type ArtefactRow, bindToGate, lockArtefacts, markPromoted } from "./store.ts";

/** Opens a gate bound to the digests of exactly these files. Returns its id. */
export async function askPromotion(scope: Scope, input: AskPromotion): Promise<{ gateId: string }> {
  const { pilotId } = await getRun(scope, input.runId);
  requirePermission(scope, "artefact.promote", pilotId);
  const gateId = await transaction(scope, async (tx) => {
    const run = await lockRun(tx, input.runId);
    const wanted = [...new Set(input.artefacts)];
    const rows = await lockArtefacts(tx.db, run.id, wanted);
    if (rows.length !== wanted.length) throw notFound("artefact");
    for (const row of rows) await refuseUnfit(tx, row);
    const charter = await charterOf(tx.db, run.charterId);
    const asker = actorId(scope.actor);
    const rule = promotionRule(charter, [...(await handsIn(tx.db, run)), asker]);
    await requirePeople(tx.db, scope, rule, run.pilotId);
    const now = scope.clock.now();
    const timeZone = (await findPilotState(tx.db, run.pilotId))?.timeZone ?? "UTC";
    const document: ArtefactDocument & { readonly v: 1 } = {
      ...{ v: 1, decides: "artefact", run: run.id, pilot: run.pilotId, charter: run.charterDigest },
      ...{ askedBy: asker, reason: input.reason, artefacts: rows.map(boundOf) },
      ...{ roles: [...rule.roles], needed: rule.needed, nonce: randomBytes(16).toString("hex") },
    };
    const id = await openGate(tx, scope, {
      ...{ kind: "artefact", pilotId: run.pilotId, runId: run.id, document, rule },
      expiresAt: ruledDeadline(charter, "artefact", timeZone, now, approvalDeadline(charter, timeZone, now)),
    });
    const ids = rows.map((row) => row.id);
    await bindToGate(tx.db, ids, id);
    return id;
  });
  return { gateId };
}

const boundOf = (row: ArtefactRow): ArtefactDocument["artefacts"][number] => ({
  ...{ artefact: row.id, path: row.path, sha256: row.sha256, bytes: Number(row.size), media: row.media },
  findings: ArtefactFinding.array().parse(row.findings),
});

async function refuseUnfit(tx: Tx, { path, state, gateId }: ArtefactRow): Promise<void> {
  const why = whyNotPromotable(state);
  if (why !== null) throw refused(`“${path}” cannot be promoted. ${why}`);
  const gate = gateId === null ? null : await tx.db.gate.findUnique({ where: { id: gateId } });
  if (gate?.status === "open") throw refused(`Somebody asked for “${path}” already; that waits at its gate.`);
}

interface ArtefactGate {
  readonly id: string;
  readonly digest: string;
  readonly document: string;
}

const readDocument = ({ document }: ArtefactGate) => ArtefactDocument.parse(JSON.parse(document));

/** Null where each file is still what the document names; else why the gate is void. */
export async function whyNotPromoted(tx: Tx, gate: ArtefactGate): Promise<string | null> {
  const bound = readDocument(gate);
  const rows = await lockArtefacts(
    tx.db,
    bound.run,
    bound.artefacts.map(({ artefact }) => artefact),
  );
  const isSame = bound.artefacts.every(({ artefact, sha256, bytes }) =>
    rows.some(
      (row) =>
        row.id === artefact &&
        row.gateId === gate.id &&
        row.state === "scanned" &&
        row.sha256 === sha256 &&
        row.size === BigInt(bytes),
    ),
  );
  return isSame ? null : "One of the files is no longer what this gate shows, or was deleted.";
}

/** The effect of the gate. Whatever is not exactly as it was shown ends the decision. */
export async function promoteArtefacts(tx: Tx, scope: Scope, gate: ArtefactGate): Promise<void> {
  const { run, pilot, charter, artefacts } = readDocument(gate);
  const ids = artefacts.map(({ artefact }) => artefact);
  const promoted = await markPromoted(tx.db, gate.id, ids, new Date(scope.clock.now()));
  if (promoted !== ids.length) throw refused("One of the files is no longer what this gate shows.");
  for (const { artefact, sha256 } of artefacts)
    tx.record({
      kind: "artefact.promoted",
      about: [`run:${run}`, `gate:${gate.id}`, `pilot:${pilot}`],
      charter,
      detail: { artefact, gate: gate.id, decision: gate.digest, sha256 },
    });
}

/** Names of what a gate decides on, for its page. */
export const artefactsIn = (gate: ArtefactGate): ArtefactDocument => readDocument(gate);
