// How JSON that was found canonical is read: a line by naming each member and what it has to be, an entry where it has to
// be known what it says.
import { shown, Unreadable } from "./report.ts";

export type Members = Readonly<Record<string, unknown>>;

export const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isText = (value: unknown): value is string => typeof value === "string";
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
export const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
export const isTrue = (value: unknown): value is true => value === true;
export const isDigest = (value: unknown): value is string => isText(value) && /^[0-9a-f]{64}$/.test(value);
export const isAny = (_: unknown): _ is unknown => true;

/** The members of a line, which must be exactly those of `shape`. */
export function read<T extends Members>(
  line: Members,
  shape: { readonly [K in keyof T]: (value: unknown) => value is T[K] },
): T {
  const keys = Object.keys(shape);
  const wrong = keys.find((key) => !Object.hasOwn(line, key) || !shape[key]?.(line[key]));
  if (wrong === undefined && Object.keys(line).length === keys.length) return line as T;
  const what =
    wrong === undefined ? "has other members than it must have" : `has no ${wrong} as it must have`;
  throw new Unreadable(`a line of type ${shown(String(line.type))} ${what}`);
}

/** The value of a text that comes with its digest and may be written in any way; undefined where it is not JSON. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

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
