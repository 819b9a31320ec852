// Which entries a dossier shows: all about the run, what made its charter the one in force, the roles that those who
// launched and decided held, and the passkeys that approvals were signed with. Only entries below the pinned size are
// asked, so the answer never changes.
import { read } from "../db.ts";
import { detailOf } from "../record/rules.ts";
import type { Subject } from "../record/schema.ts";
import type { Scope } from "../scope.ts";
import {
  type LeafEntry,
  selectCharterGates,
  selectIndexesAbout,
  selectIndexesOfKinds,
  selectLeavesAt,
} from "./export-store.ts";
import { readableEntry } from "./rules.ts";

export interface RunToShow {
  readonly id: string;
  readonly pilotId: string;
  readonly charterId: string;
  readonly charterDigest: string;
}

interface Below {
  readonly epoch: number;
  readonly size: number;
}

const CHARTER_KINDS = [
  "pilot.charter_written",
  "pilot.activation_asked",
  "pilot.activated",
  "pilot.amendment_asked",
  "pilot.amended",
];
const DECIDING_KINDS = ["run.launched", "gate.opened", "gate.approval_given", "break_glass.used"];

const PASSKEY_KINDS = ["passkey.enrolled", "passkey.confirmed", "passkey.removed"];

/** In ascending order. The caller has checked that the scope may see the run. */
export async function runIndexes(scope: Scope, pin: Below, run: RunToShow): Promise<number[]> {
  return read(scope, async (db) => {
    const gates = await selectCharterGates(db, run.charterId);
    const subjects: Subject[] = [`run:${run.id}`, ...gates.map((gate): Subject => `gate:${gate}`)];
    const own = await selectIndexesAbout(db, pin, subjects, null);
    const chartered = await selectIndexesOfKinds(db, pin, CHARTER_KINDS, `pilot:${run.pilotId}`);
    const written = await selectLeavesAt(db, pin.epoch, chartered);
    const deciding = await selectIndexesAbout(db, pin, subjects, DECIDING_KINDS);
    const decided = await selectLeavesAt(db, pin.epoch, deciding);
    const granted = await selectIndexesAbout(db, pin, peopleIn(decided), ["person.role_granted"]);
    const keys = await selectIndexesAbout(db, pin, passkeysIn(decided), PASSKEY_KINDS);
    const charter = written.filter((leaf) => namesCharter(leaf, run.charterDigest)).map(({ index }) => index);
    return [...new Set([...own, ...charter, ...granted, ...keys])].sort((a, b) => a - b);
  });
}

function namesCharter({ body }: LeafEntry, digest: string): boolean {
  if (!body) return false;
  const entry = readableEntry(body);
  if (!entry) return false;
  return (
    detailOf("pilot.charter_written", entry)?.digest === digest ||
    detailOf("pilot.activation_asked", entry)?.charter === digest ||
    detailOf("pilot.activated", entry)?.charter === digest ||
    detailOf("pilot.amendment_asked", entry)?.charter === digest ||
    detailOf("pilot.amended", entry)?.charter === digest
  );
}

/** What approvals were signed with. */
function passkeysIn(leaves: readonly LeafEntry[]): Subject[] {
  const subjects = leaves.flatMap(({ about }) => about ?? []);
  return [...new Set(subjects.filter((subject) => subject.startsWith("passkey:")))];
}

function peopleIn(leaves: readonly LeafEntry[]): Subject[] {
  const people = leaves.flatMap(({ body }): Subject[] => {
    const actor = body ? readableEntry(body)?.actor : null;
    return actor && "personId" in actor ? [`person:${actor.personId}`] : [];
  });
  return [...new Set(people)];
}
