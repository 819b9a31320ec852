// Who may read which entries, and what a filter asks for.
import { can } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import { readEntry } from "../record/rules.ts";
import { type Entry, type EntryActor, SUBJECT_NOUNS } from "../record/schema.ts";
import type { EntryConditions, EntryFilter } from "./schema.ts";

const DAY = 24 * 60 * 60 * 1000;

/** Pilots whose entries the grants open: `all` (and what belongs to no pilot) by a grant on the organisation. */
export function readableLogs(
  grants: readonly RoleGrant[],
  permission: "log.view" | "log.search" = "log.view",
): "all" | readonly string[] {
  const opening = grants.filter((grant) => can([grant], permission));
  if (opening.some((grant) => grant.pilotId === null)) return "all";
  return [...new Set(opening.flatMap((grant) => grant.pilotId ?? []))];
}

/** The entry, or null where the bytes are none of ours: what is wrong with them is the verifier's to say. */
export function readableEntry(body: Uint8Array): Entry | null {
  try {
    return readEntry(body);
  } catch {
    return null;
  }
}

/** As filters name an actor. */
export function actorTerm(actor: EntryActor): string {
  switch (actor.kind) {
    case "user":
    case "token":
      return actor.personId;
    case "runner":
      return actor.runnerId;
    case "system":
      return `system:${actor.name}`;
  }
}

/** `run:run_1` as it stands; of a bare id every subject it could be. */
export function subjectsNamed(text: string): string[] {
  return text.includes(":") ? [text] : SUBJECT_NOUNS.map((noun) => `${noun}:${text}`);
}

const pilotTerm = (pilotId: string): string => `pilot:${pilotId}`;

export function conditionsOf(filter: EntryFilter, visible: "all" | readonly string[]): EntryConditions {
  const { kind, actor, subject, pilotId, from, to } = filter;
  const isWithin = visible === "all" || (pilotId !== undefined && visible.includes(pilotId));
  return {
    groups: [
      ...(kind === undefined ? [] : [[`kind:${kind}`]]),
      ...(actor === undefined ? [] : [[`actor:${actor}`]]),
      ...(subject === undefined ? [] : [subjectsNamed(subject)]),
      ...(pilotId === undefined ? [] : [[pilotTerm(pilotId)]]),
      ...(isWithin ? [] : [visible.map(pilotTerm)]),
    ],
    from: from === undefined ? null : new Date(Date.parse(from)),
    before: to === undefined ? null : new Date(Date.parse(to) + DAY),
  };
}

/** How densely a group of terms lies behind the place where a page begins. */
export interface Density {
  readonly group: readonly string[];
  /** Entries, counted up to a limit. */
  readonly found: number;
  /** Where the limit was reached, milliseconds; null where there are fewer. */
  readonly reach: number | null;
}

/** The group with the fewest entries per time: the one that is walked, while the others are looked up. */
export function rarest(densities: readonly Density[]): Density | undefined {
  return [...densities].sort(
    (a, b) =>
      (a.reach ?? Number.NEGATIVE_INFINITY) - (b.reach ?? Number.NEGATIVE_INFINITY) || a.found - b.found,
  )[0];
}

/**
 * Sizes of the pieces a filtered page looks through, the first answer soon. Each entry of one condition is looked up
 * under the others, 6 to 9 µs each: 3,000 in all, so that a page of conditions that never meet is no slower than another.
 */
export const PIECES = [250, 1000, 1750] as const;

/** `after` of an address as a position; null for what is none. */
export const positionOf = (after: string): number | null => (/^\d{1,15}$/.test(after) ? Number(after) : null);
