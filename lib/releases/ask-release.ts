// A pipeline asks before it deploys: leads decide on that commit, that artefact and that environment, and on nothing else.
import { answerersOf } from "../api-tokens/account-owners.ts";
import { requirePermission } from "../authz/require.ts";
import { can, isMember } from "../authz/rules.ts";
import { read, type Tx, transaction } from "../db.ts";
import { notFound, refused } from "../errors.ts";
import { barFromGate, openGate } from "../gates/open-gate.ts";
import { ruledDeadline } from "../gates/own-rules.ts";
import { newId } from "../ids.ts";
import { approvalDeadline } from "../pilots/rules.ts";
import type { StoredCharter } from "../pilots/schema.ts";
import { requirePeople } from "../pilots/second-person.ts";
import { findActiveCharter, lockedPilot, type PilotState } from "../pilots/service.ts";
import { made } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import { stopReason } from "../stops/service.ts";
import { getAnswer } from "./answer.ts";
import { addCallback, callbackIn } from "./callbacks/ask-callback.ts";
import { mayAskAgain, releaseRule, releaseState } from "./rules.ts";
import type { AskRelease, ReleaseAnswer, ReleaseDocument } from "./schema.ts";
import {
  findSame,
  insertRelease,
  knownSince,
  pilotsOn,
  selectContained,
  selectOpenFindings,
} from "./store.ts";

const LISTED = 100;

/** The same words find the same release, whatever was decided; one that expired or is void is asked anew. */
export async function askRelease(scope: Scope, input: AskRelease): Promise<ReleaseAnswer> {
  const pilotId = await pilotOf(scope, input);
  requirePermission(scope, "release.ask", pilotId);
  const words = {
    ...{ commit: input.deployment.sha, environment: input.environment },
    artifact: input.artifact.digest.slice("sha256:".length),
  };
  const place = callbackIn(input);
  const gateId = await transaction(scope, async (tx) => {
    // One after the other: two pipelines that ask the same at once get one gate.
    const pilot = await lockedPilot(tx, pilotId);
    const before = await findSame(tx.db, { pilotId, ...words });
    const isNew = !before || mayAskAgain(before.status);
    const gateId = isNew ? await open(tx, scope, pilot, words) : before.gateId;
    if (!isNew) await barFromGate(tx, { id: gateId, pilotId }, await askersOf(tx, scope));
    if (place !== null) await addCallback(tx, scope, gateId, place);
    return gateId;
  });
  return getAnswer(scope, gateId);
}

/** By the repository where one pilot alone works on it, of those that may be asked for. */
async function pilotOf(scope: Scope, { pilotId, repositoryId }: AskRelease): Promise<string> {
  if (pilotId !== undefined) return pilotId;
  const all = await read(scope, (db) => pilotsOn(db, repositoryId ?? ""));
  const seen = all.filter((id) => isMember(scope.grants, id));
  const own = seen.filter((id) => can(scope.grants, "release.ask", id));
  const [only = seen[0]] = own;
  if (only === undefined) throw notFound("repository");
  if (own.length > 1) throw refused("Several pilots work on this repository. Name the pilot.");
  return only;
}

/** Who asks, and who answers for them: whoever asks, first or later, decides nothing of it. */
async function askersOf(tx: Tx, { actor }: Scope): Promise<string[]> {
  const asker = actorId(actor);
  return [asker, ...(await answerersOf(tx.db, [asker]))];
}

type Words = Pick<ReleaseDocument, "commit" | "artifact" | "environment">;

async function open(tx: Tx, scope: Scope, pilot: PilotState, words: Words): Promise<string> {
  const charter = await charterToRelease(tx, pilot);
  const asker = actorId(scope.actor);
  const rule = releaseRule(charter.charter, await askersOf(tx, scope));
  await requirePeople(tx.db, scope, rule, pilot.id);
  const now = new Date(scope.clock.now());
  const id = newId("release", now.getTime());
  const { repositoryId } = charter.charter.scope;
  const since = await knownSince(tx.db, repositoryId, words.commit, now);
  if (since === null)
    throw refused(
      "The pilot's repository has no such commit by our records: it is neither its head, nor a merge of ours, nor what a run started from. Wait until it was mirrored, then ask again.",
    );
  const contained = await selectContained(tx.db, repositoryId, since, LISTED);
  const open = await selectOpenFindings(tx.db, repositoryId, since, LISTED);
  const document: ReleaseDocument = {
    ...{ v: 1, decides: "release", release: id, pilot: pilot.id, repository: repositoryId, ...words },
    ...{ charter: charter.digest, contains: contained.runs, containsCount: contained.count },
    ...{ findings: open.findings, findingsCount: open.count, findingsDigest: open.digest },
    ...{ askedBy: asker, roles: [...rule.roles], needed: rule.needed },
  };
  const ordinary = approvalDeadline(charter.charter, pilot.timeZone, now.getTime());
  const expiresAt = ruledDeadline(charter.charter, "release", pilot.timeZone, now.getTime(), ordinary);
  const gateId = await openGate(tx, scope, { kind: "release", pilotId: pilot.id, document, rule, expiresAt });
  const row = { id, pilotId: pilot.id, repositoryId, ...words, gateId, askedBy: asker, askedAt: now };
  await insertRelease(tx.db, row);
  tx.record({
    kind: "release.asked",
    about: [`release:${id}`, `gate:${gateId}`, `pilot:${pilot.id}`],
    charter: charter.digest,
    ...made(releaseState(id, "asked")),
    detail: { repository: repositoryId, ...words, gate: gateId },
  });
  return gateId;
}

async function charterToRelease(tx: Tx, pilot: PilotState): Promise<StoredCharter> {
  const stopped = await stopReason(tx.db, pilot.id);
  if (stopped !== null) throw refused(`An emergency stop is on (“${stopped}”). Nothing is released.`);
  const charter = await findActiveCharter(tx.db, pilot.id);
  if (!charter || (pilot.status !== "active" && pilot.status !== "paused"))
    throw refused(`The pilot is ${pilot.status}; releases are asked for while its charter is in force.`);
  return charter;
}
