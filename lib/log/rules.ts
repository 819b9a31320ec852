// Who may read which entries, and what a filter asks for.
import { can } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import type { SubjectNoun } from "../record/schema.ts";
import type { EntryConditions, EntryFilter } from "./schema.ts";

const DAY = 24 * 60 * 60 * 1000;

/** Pilots whose entries the grants open: `all` (and what belongs to no pilot) by a grant on the organisation. */
export function readableLogs(grants: readonly RoleGrant[]): "all" | readonly string[] {
  const opening = grants.filter((grant) => can([grant], "log.view"));
  if (opening.some((grant) => grant.pilotId === null)) return "all";
  return [...new Set(opening.flatMap((grant) => grant.pilotId ?? []))];
}

const NOUNS = {
  person: true,
  repository: true,
  pilot: true,
  agent: true,
  enrolment: true,
  runner: true,
  run: true,
  gate: true,
  stop: true,
  log: true,
  access: true,
  export: true,
  redaction: true,
} as const satisfies Record<SubjectNoun, true>;

/** `run:run_1` as it stands; of a bare id every subject it could be. */
export function subjectsNamed(text: string): string[] {
  return text.includes(":") ? [text] : Object.keys(NOUNS).map((noun) => `${noun}:${text}`);
}

export function conditionsOf(filter: EntryFilter, visible: "all" | readonly string[]): EntryConditions {
  const { kind, actor, subject, pilotId, from, to } = filter;
  return {
    kind: kind ?? null,
    actor: actor ?? null,
    subjects: subject === undefined ? null : subjectsNamed(subject),
    pilotId: pilotId ?? null,
    from: from === undefined ? null : new Date(Date.parse(from)),
    before: to === undefined ? null : new Date(Date.parse(to) + DAY),
    visible,
  };
}
