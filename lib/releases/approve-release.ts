// The effect of a release's gate: an entry, which the pipeline's answer rests on. Nothing is deployed from here, and nobody
// here holds a credential that could.
import type { Tx } from "../db.ts";
import { refused } from "../errors.ts";
import { findActiveCharter, lockedPilot } from "../pilots/service.ts";
import { changeOf } from "../record/change.ts";
import type { Scope } from "../scope.ts";
import { stopReason } from "../stops/service.ts";
import { releaseState } from "./rules.ts";
import { ReleaseDocument } from "./schema.ts";
import { findByGate, knownSince, selectOpenFindings } from "./store.ts";

interface ReleaseGate {
  readonly id: string;
  readonly digest: string;
  readonly document: string;
}

const readDocument = ({ document }: ReleaseGate) => ReleaseDocument.parse(JSON.parse(document));

/** Null where everything the document says is so; else why the gate is void. Throws refused under a stop. */
export async function whyNotReleased(tx: Tx, scope: Scope, gate: ReleaseGate): Promise<string | null> {
  const bound = readDocument(gate);
  const pilot = await lockedPilot(tx, bound.pilot);
  const stopped = await stopReason(tx.db, pilot.id);
  if (stopped !== null)
    throw refused(`An emergency stop is on (“${stopped}”). It has to be lifted before anything is released.`);
  const release = await findByGate(tx.db, gate.id);
  const isSame =
    release?.id === bound.release &&
    release.commit === bound.commit &&
    release.artifact === bound.artifact &&
    release.environment === bound.environment;
  if (!isSame) return "What was asked for is no longer what this gate shows.";
  const inForce = await findActiveCharter(tx.db, pilot.id);
  if (inForce?.digest !== bound.charter) return "Another charter came into force since this was asked.";
  return whyOther(tx, scope, bound);
}

/** The commit, what it contains, and findings that nobody has dealt with. */
async function whyOther(
  tx: Tx,
  scope: Scope,
  { repository, commit, findings, findingsCount, findingsDigest }: ReleaseDocument,
): Promise<string | null> {
  const now = new Date(scope.clock.now());
  const since = await knownSince(tx.db, repository, commit, now);
  if (since === null) return "The repository no longer has the commit by our records.";
  const open = await selectOpenFindings(tx.db, repository, since, Math.max(1, findings.length));
  const known = new Set(findings.map(({ finding }) => finding));
  const isNew = open.findings.some(({ finding }) => !known.has(finding)) || open.count > findingsCount;
  if (isNew) return "Findings about what the commit contains came up after this was asked.";
  // Where not all are listed, one that came cannot be told from one that was there but by all of them together.
  const isListed = findingsCount <= findings.length;
  return isListed || open.digest === findingsDigest
    ? null
    : "Findings about what the commit contains came up, or were dealt with, after this was asked.";
}

export async function approveRelease(tx: Tx, gate: ReleaseGate): Promise<void> {
  const { release, pilot, repository, commit, artifact, environment, charter } = readDocument(gate);
  tx.record({
    kind: "release.approved",
    about: [`release:${release}`, `gate:${gate.id}`, `pilot:${pilot}`],
    charter,
    ...changeOf(releaseState(release, "asked"), releaseState(release, "approved")),
    detail: { repository, commit, artifact, environment, gate: gate.id, digest: gate.digest },
  });
}
