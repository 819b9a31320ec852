// What programs and files tell, read by its kind's schema; every fault of every row is told, and nothing is taken by halves.
import { createHmac } from "node:crypto";
import type { Db } from "../../db.ts";
import { oneLine } from "../rows/one-line.ts";
import { faultsOf, keptOf } from "../rows/rules.ts";
import { type Kept, ROWS, type RowFault, type RowKind, type Told } from "../rows/schema.ts";
import { type KnownRepository, selectAuthorKey, selectRepositories } from "./store.ts";

export interface ReadRows<K extends RowKind> {
  /** Empty where there is a fault. */
  readonly rows: readonly Kept[K][];
  readonly faults: readonly RowFault[];
}

export interface Reading {
  readonly repositories: readonly KnownRepository[];
  readonly authorKey: Uint8Array;
  /** Authors are told apart within one source. */
  readonly source: string;
  readonly now: number;
}

export const openReading = async (db: Db, source: string, now: number): Promise<Reading> => ({
  ...{ repositories: await selectRepositories(db), authorKey: await selectAuthorKey(db), source, now },
});

/** The same person of one source has the same hash; whoever lacks the key cannot try names. */
export const authorHash = (key: Uint8Array, source: string, author: string): string =>
  createHmac("sha256", key).update(`${source}\n${author}`).digest("hex").slice(0, 32);

const SHOWN = 80;
/** As an error quotes it. */
function quoted(value: unknown): string {
  if (value === undefined) return "It is missing";
  if (typeof value === "object") return "It is a list or an object";
  const text = String(value);
  return text === "" ? "It is empty" : `“${oneLine(text, SHOWN)}${[...text].length > SHOWN ? "…" : ""}”`;
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, name) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, name)
        ? Object.entries(at).find(([each]) => each === name)?.[1]
        : undefined,
    value,
  );

type Issue = {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
};

const fieldsOf = (kind: RowKind): string => Object.keys(ROWS[kind].shape).join(", ");

function faultsOfIssue(kind: RowKind, row: number, raw: unknown, issue: Issue): RowFault[] {
  if (issue.code === "unrecognized_keys")
    return (issue.keys ?? []).map((field) => ({
      ...{ row, field: oneLine(field, SHOWN), wrong: "There is no such field" },
      right: `Fields are: ${fieldsOf(kind)}.`,
    }));
  const field = issue.path.map(String).join(".");
  if (field === "")
    return [{ row, field, wrong: quoted(raw), right: `Send an object with the fields ${fieldsOf(kind)}.` }];
  return [{ row, field, wrong: quoted(valueAt(raw, issue.path)), right: issue.message }];
}

const bare = (address: string): string =>
  address
    .trim()
    .replace(/\.git$/, "")
    .replace(/\/$/, "")
    .toLowerCase();

/** By its id, its name, or an address it is fetched from or connected with. */
function findByWord(repositories: readonly KnownRepository[], word: string): KnownRepository | undefined {
  const exact = repositories.find(({ id, name }) => id === word || name === word);
  if (exact) return exact;
  const found = repositories.filter(({ source, address }) =>
    [source, address].some((each) => each !== null && bare(each) === bare(word)),
  );
  return found.length === 1 ? found[0] : undefined;
}

const NAMED = 10;
function repositoryFault(row: number, word: string, repositories: readonly KnownRepository[]): RowFault {
  const names = repositories.slice(0, NAMED).map(({ name }) => name);
  const more = repositories.length > NAMED ? " and others" : "";
  const right =
    names.length === 0
      ? "Connect a repository first; none is."
      : `Name one that is connected here: ${names.join(", ")}${more}.`;
  return { row, field: "repository", wrong: `${quoted(word)} is no repository here`, right };
}

export function readRows<K extends RowKind>(kind: K, raw: readonly unknown[], reading: Reading): ReadRows<K> {
  const read = raw.map((each, index) => readRow(kind, index + 1, each, reading));
  const faults = read.flatMap((each) => each.faults);
  return { faults, rows: faults.length > 0 ? [] : read.flatMap(({ kept }) => (kept ? [kept] : [])) };
}

function readRow<K extends RowKind>(
  kind: K,
  row: number,
  raw: unknown,
  { repositories, authorKey, source, now }: Reading,
): { readonly kept: Kept[K] | null; readonly faults: readonly RowFault[] } {
  const parsed = ROWS[kind].safeParse(raw);
  if (!parsed.success)
    return {
      kept: null,
      faults: parsed.error.issues.flatMap((issue) => faultsOfIssue(kind, row, raw, issue)),
    };
  const told = parsed.data as Told<K>;
  const { repository: word } = told;
  const repository = word === undefined ? undefined : findByWord(repositories, word);
  const faults = [
    ...(word !== undefined && repository === undefined ? [repositoryFault(row, word, repositories)] : []),
    ...faultsOf(kind, told, now).map((fault) => ({ row, ...fault })),
  ];
  if (faults.length > 0) return { kept: null, faults };
  const author =
    "author" in told && typeof told.author === "string" ? authorHash(authorKey, source, told.author) : null;
  return { kept: keptOf(kind, told, { repositoryId: repository?.id ?? null, author }), faults };
}
