// Reading the record.
import { z } from "zod";
import { PermissionDenied } from "../authz/rules.ts";
import { type Db, read } from "../db.ts";
import { notFound } from "../errors.ts";
import { sha256Hex } from "../protocol/signing.ts";
import type { EntryKind, Subject } from "../record/schema.ts";
import type { Scope } from "../scope.ts";
import { conditionsOf, readableLogs } from "./rules.ts";
import type { EntryDetailView, EntryFilter, EntryPage, EntryView } from "./schema.ts";
import {
  countAboutSubject,
  countAll,
  countKind,
  type EntryRow,
  findEntry,
  selectActorNames,
  selectEntries,
} from "./store.ts";

const MAX_PAGE = 200;
const COUNTED_UP_TO = 100_000;

/** A page of entries, newest first. `after` is the `next` of the page before. */
export async function listEntries(
  scope: Scope,
  {
    filter = {},
    after = null,
    limit = 50,
  }: { filter?: EntryFilter; after?: string | null; limit?: number } = {},
): Promise<EntryPage> {
  const conditions = conditionsOf(filter, requireReadable(scope));
  const size = Math.min(Math.max(1, Math.trunc(limit)), MAX_PAGE);
  return read(scope, async (db) => {
    const rows = await selectEntries(db, conditions, after, size + 1);
    const entries = await viewsOf(db, rows.slice(0, size));
    return { entries, next: rows.length > size ? (entries.at(-1)?.id ?? null) : null };
  });
}

/** One entry with the bytes the log commits to. */
export async function getEntry(scope: Scope, entryId: string): Promise<EntryDetailView> {
  const visible = requireReadable(scope);
  return read(scope, async (db) => {
    const row = await findEntry(db, entryId, visible);
    if (!row) throw notFound("entry");
    const [view] = await viewsOf(db, [row]);
    if (!view) throw notFound("entry");
    const { request } = bodyOf(row);
    return {
      ...view,
      canonical: Buffer.from(row.body).toString("utf8"),
      sha256: sha256Hex(row.body),
      request,
    };
  });
}

/** How many entries the record holds; the planner's estimate once counting would be slow. */
export async function countEntries(scope: Scope): Promise<number> {
  return read(scope, (db) => countAll(db, COUNTED_UP_TO));
}

/** Entries that name a subject. The caller has checked that the scope may see it. */
export async function countAbout(scope: Scope, subject: Subject): Promise<number> {
  return read(scope, (db) => countAboutSubject(db, subject));
}

/** How often something was recorded since an instant, for who may read the log of everything; null for others. */
export async function countKindSince(scope: Scope, kind: EntryKind, since: Date): Promise<number | null> {
  if (requireReadable(scope) !== "all") return null;
  return read(scope, (db) => countKind(db, kind, since));
}

function requireReadable(scope: Scope): "all" | readonly string[] {
  const visible = readableLogs(scope.grants);
  if (visible === "all" || visible.length > 0) return visible;
  throw new PermissionDenied("log.view", null);
}

const Body = z.object({
  actor: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("user"), personId: z.string() }),
    z.object({ kind: z.literal("runner"), runnerId: z.string() }),
    z.object({ kind: z.literal("system"), name: z.string() }),
  ]),
  request: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
type Body = z.infer<typeof Body>;

const bodyOf = (row: EntryRow): Body => Body.parse(JSON.parse(Buffer.from(row.body).toString("utf8")));

function idOf(actor: Body["actor"]): string {
  switch (actor.kind) {
    case "user":
      return actor.personId;
    case "runner":
      return actor.runnerId;
    case "system":
      return `system:${actor.name}`;
  }
}

async function viewsOf(db: Db, rows: readonly EntryRow[]): Promise<EntryView[]> {
  const bodies = rows.map((row) => ({ row, body: bodyOf(row) }));
  const names = await selectActorNames(db, [...new Set(bodies.map(({ body }) => idOf(body.actor)))]);
  return bodies.map(({ row: { id, kind, at, about }, body: { actor, detail } }) => {
    const actorId = idOf(actor);
    return {
      id,
      kind,
      at,
      about,
      detail,
      actor: { kind: actor.kind, id: actorId, name: names.get(actorId) ?? actorId },
    };
  });
}
