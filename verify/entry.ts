// What an entry says, where it has to be known: its text was found canonical before.
import { isMembers, isText, type Members } from "./members.ts";

export interface Entry {
  readonly index: number;
  /** Version of its format. */
  readonly v: unknown;
  readonly kind: string;
  /** Subjects as `run:run_1`. */
  readonly about: readonly string[];
  readonly actor: Members;
  readonly detail: Members;
  /** Digests: of the charter in force, and of what changed. */
  readonly charter: unknown;
  readonly before: unknown;
  readonly after: unknown;
}

/** From the line it stands in. Null where it does not say what happened, about what, by whom. */
export function entryOf(line: string, index: number): Entry | null {
  const { body } = JSON.parse(line) as { body: string };
  const { v, kind, about, actor, detail, charter, before, after } = JSON.parse(body) as Members;
  if (!isText(kind) || !Array.isArray(about) || !about.every(isText)) return null;
  if (!isMembers(actor) || !isMembers(detail)) return null;
  return { index, v, kind, about, actor, detail, charter, before, after };
}

export const runsOf = ({ about }: Entry): string[] => about.filter((subject) => subject.startsWith("run:"));

/** The id of its first subject of that noun; empty where there is none. */
export function idOf({ about }: Entry, noun: string): string {
  return about.find((subject) => subject.startsWith(`${noun}:`))?.slice(noun.length + 1) ?? "";
}
