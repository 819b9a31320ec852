// An independent review, stated by who launched no run of the pilot and decided at no gate of it.
import { createHash } from "node:crypto";
import { requirePermission } from "../authz/require.ts";
import { read, type Tx, transaction } from "../db.ts";
import { badInput, forbidden, notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { charterInForce, lockedPilot } from "../pilots/service.ts";
import { reasonDetail } from "../record/reason.ts";
import type { Scope } from "../scope.ts";
import { refusalToReport } from "./rules.ts";
import { MOST_REPORT_BYTES, MOST_REPORTS, type StateReport } from "./schema.ts";
import { countReports, findReportBytes, insertReport, selectPart } from "./store.ts";

export type NewReport = Omit<StateReport, "sha256" | "keptAt"> &
  (
    | { readonly contents: Uint8Array }
    | { readonly contents: null; readonly sha256: string; readonly keptAt: string }
  );

/** Of its bytes the digest is taken here; nobody says it. */
export async function stateReport(scope: Scope, report: NewReport): Promise<string> {
  const { pilotId, verdict, statement, name, contents } = report;
  requirePermission(scope, "exit.report", pilotId);
  const { actor } = scope;
  if (actor.kind !== "user") throw forbidden("Only a person who signed in states an independent review.");
  if (contents && (contents.length === 0 || contents.length > MOST_REPORT_BYTES))
    throw badInput("A report has 1 byte to 512 KiB. Of a larger one give its digest and where it is kept.");
  const sha256 = contents ? createHash("sha256").update(contents).digest("hex") : report.sha256;
  const keptAt = contents ? null : report.keptAt;
  return transaction(scope, async (tx) => {
    await lockedPilot(tx, pilotId);
    await requireIndependent(tx, pilotId, actor.personId);
    const now = scope.clock.now();
    const id = newId("exit_report", now);
    await insertReport(tx.db, {
      ...{ id, pilotId, personId: actor.personId, verdict, statement, name, sha256, keptAt },
      ...{ contents: contents && new Uint8Array(contents), statedAt: new Date(now) },
    });
    tx.record({
      kind: "pilot.exit_report_stated",
      about: [`pilot:${pilotId}`],
      charter: await charterInForce(tx.db, pilotId),
      detail: {
        ...{ report: id, sha256, kept: contents ? "here" : "elsewhere", verdict },
        ...reasonDetail(statement),
      },
    });
    return id;
  });
}

async function requireIndependent(tx: Tx, pilotId: string, personId: string): Promise<void> {
  const refusal = refusalToReport(await selectPart(tx.db, pilotId, personId));
  if (refusal !== null) throw refused(refusal);
  if ((await countReports(tx.db, pilotId, personId)) >= MOST_REPORTS)
    throw refused(`You stated ${MOST_REPORTS} reviews of this pilot, which is as many as one person states.`);
}

/** Its bytes, as they came. Throws not_found where only the digest is here. */
export async function getReportBytes(scope: Scope, pilotId: string, reportId: string): Promise<Uint8Array> {
  requirePermission(scope, "pilot.view", pilotId);
  const found = await read(scope, (db) => findReportBytes(db, pilotId, reportId));
  if (!found?.contents) throw notFound("report");
  return found.contents;
}
