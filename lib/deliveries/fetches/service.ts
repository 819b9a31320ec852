// How far what a forge was asked for has come. A page and the rows of it are written at once, so a worker that is cut off leaves
// nothing by halves, and a page that is read twice changes nothing.
import { HOUR, MINUTE, SECOND } from "../../clock.ts";
import { read, transaction } from "../../db.ts";
import type { Scope } from "../../scope.ts";
import { authorHash } from "../imports/read-rows.ts";
import { recordInTx } from "../imports/record-batch.ts";
import { selectAuthorKey } from "../imports/store.ts";
import { canBe } from "../rows/rules.ts";
import type { Kept } from "../rows/schema.ts";
import type { Fetched, FetchForWork } from "./schema.ts";
import { claimFetch, type Progress, updateProgress } from "./store.ts";

/** A page takes well under this. */
const HELD = 5 * MINUTE;
const MOST_TRIES = 12;
const LONGEST_WAIT = 30 * MINUTE;
/** GitHub counts by the hour; whatever is said beyond that is not waited for. */
const LONGEST_REST = 2 * HOUR;
const restOf = (scope: Scope, until: number): Date =>
  new Date(Math.min(until, scope.clock.now() + LONGEST_REST));

export const nextFetch = (scope: Scope): Promise<FetchForWork | null> =>
  transaction(scope, (tx) => {
    const now = scope.clock.now();
    return claimFetch(tx.db, new Date(now), new Date(now + HELD));
  });

/** How authors of a source are told apart. */
export async function authorsOf(scope: Scope, source: string): Promise<(author: string) => string> {
  const key = await read(scope, selectAuthorKey);
  return (author) => authorHash(key, source, author);
}

export interface PageRead<K extends Fetched> {
  readonly source: string;
  readonly rows: readonly Kept[K][];
  readonly passedOver: number;
  readonly isLast: boolean;
  /** Until when the forge wants to be left alone; null where it does not. */
  readonly restUntil: number | null;
}

const progress = (scope: Scope, of: FetchForWork, more: Partial<Progress>): Progress => ({
  ...{ state: "queued", page: of.page, taken: 0, passedOver: 0, tries: 0, problem: null, nextAt: null },
  seenAt: new Date(scope.clock.now()),
  ...more,
});

export async function notePage<K extends Fetched>(
  scope: Scope,
  of: FetchForWork & { readonly kind: K },
  { source, rows, passedOver, isLast, restUntil }: PageRead<K>,
): Promise<void> {
  await transaction(scope, async (tx) => {
    const next: Partial<Progress> =
      restUntil === null
        ? { state: "queued" }
        : { state: "waiting", nextAt: restOf(scope, restUntil), problem: RESTING };
    const refused = rows.filter((row) => !canBe(row, scope.clock.now())).length;
    const to = progress(scope, of, {
      ...(isLast ? { state: "done" } : { ...next, page: of.page + 1 }),
      ...{ taken: rows.length - refused, passedOver: passedOver + refused },
    });
    if (!(await updateProgress(tx.db, of, to))) return;
    if (rows.length > 0)
      await recordInTx(tx, scope, { kind: of.kind, way: "github", source, rows }, of.askedBy);
    tx.ring({ channel: "record_grew", payload: "" });
  });
}

const RESTING = "GitHub wants to be asked less often; it goes on by itself when GitHub allows it.";

/** Nothing came of it this time. After so many times in a row it is given up, and can be asked for again. */
export async function noteUnfetched(
  scope: Scope,
  of: FetchForWork,
  { problem, restUntil }: { readonly problem: string; readonly restUntil: number | null },
): Promise<void> {
  const isOver = restUntil === null && of.tries + 1 >= MOST_TRIES;
  const wait = Math.min(LONGEST_WAIT, 5 * SECOND * 2 ** of.tries);
  const nextAt = restUntil === null ? new Date(scope.clock.now() + wait) : restOf(scope, restUntil);
  await note(scope, of, {
    ...{ state: isOver ? "failed" : "waiting", nextAt: isOver ? null : nextAt },
    ...{ tries: restUntil === null ? of.tries + 1 : of.tries, problem: problem.slice(0, 2000) },
  });
}

/** GitHub said no: asking again would not help. */
export const failFetch = (scope: Scope, of: FetchForWork, problem: string): Promise<void> =>
  note(scope, of, { state: "failed", tries: of.tries, problem: problem.slice(0, 2000) });

async function note(scope: Scope, of: FetchForWork, to: Partial<Progress>): Promise<void> {
  await transaction(scope, async (tx) => {
    await updateProgress(tx.db, of, progress(scope, of, to));
    tx.ring({ channel: "record_grew", payload: "" });
  });
}
