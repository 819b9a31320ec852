// An export is pinned to one checkpoint when it starts, so that it can be read again from any line: for one id the
// bytes are always the same, or it says that they no longer can be.
import { may, requirePermission } from "../authz/require.ts";
import { visiblePilots } from "../authz/rules.ts";
import { read, type Tx, transaction } from "../db.ts";
import { AppError, badInput, forbidden, notFound } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Reader } from "../log-access/schema.ts";
import type { Subjects } from "../record/schema.ts";
import type { Scope } from "../scope.ts";
import { linesFrom } from "./bundle.ts";
import { type Pin, pinnedLines } from "./export-lines.ts";
import type { ExportView, StartExport } from "./export-schema.ts";
import { countRedactions, type ExportRow, findExport, insertExport, selectExports } from "./export-store.ts";
import { choosePin, isRedactedSince } from "./pin/choose-pin.ts";

const LISTED = 50;

/** Starts an export of a pilot's entries or of everything, and records that. */
export async function startExport(scope: Scope, reader: Reader, input: StartExport): Promise<ExportView> {
  const pilotId = input.pilotId ?? widest(scope);
  requirePermission(scope, "log.export", pilotId);
  if (input.withBlobs) requireBlobs(scope, reader, pilotId);
  const row = await pinned(scope, reader, { ...input, pilotId, runId: null });
  return transaction(scope, async (tx) => {
    await insertPinned(tx, row);
    tx.record({
      kind: "log.export_started",
      about: subjectsOf(row),
      detail: { epoch: row.epoch, size: row.size, with_blobs: row.withBlobs, access: row.accessId },
    });
    return viewOf(row);
  });
}

/** The caller records an entry about the export. */
export const insertPinned = (tx: Tx, row: ExportRow): Promise<void> => insertExport(tx.db, row);

/** Everything for who may export everything; for others the one pilot they may export. */
function widest(scope: Scope): string | null {
  if (may(scope, "log.export", null)) return null;
  const pilots = visiblePilots(scope.grants, "log.export");
  const own = pilots === "all" ? [] : pilots.filter((pilotId) => may(scope, "log.export", pilotId));
  const [only] = own;
  if (only === undefined || own.length > 1) throw badInput("Name the pilot whose entries you want.");
  return only;
}

/** Payloads go out as they came, secrets and all: for who may see them unmasked. */
export function requireBlobs(scope: Scope, reader: Reader, pilotId: string | null): void {
  if (reader.kind === "access" && !reader.withBlobs)
    throw forbidden("This access was given without payloads. Ask for the export without them.");
  requirePermission(scope, "payload.unmask", pilotId);
}

interface Wanted {
  readonly pilotId: string | null;
  readonly runId: string | null;
  readonly withBlobs: boolean;
  readonly epoch?: number | undefined;
}

/** The row of an export that begins now. Throws unavailable before anything was signed that covers all it would show. */
export async function pinned(scope: Scope, reader: Reader, wanted: Wanted): Promise<ExportRow> {
  const { pilotId, runId, withBlobs, epoch = null } = wanted;
  const { checkpoint, redactions } = await choosePin(scope, { pilotId, runId, withBlobs, epoch });
  const now = scope.clock.now();
  return {
    id: newId("export", now),
    accessId: reader.kind === "access" ? reader.accessId : null,
    personId: reader.kind === "person" ? reader.personId : null,
    ...{ pilotId, runId, withBlobs, redactions },
    ...{ epoch: checkpoint.epoch, size: checkpoint.size, note: checkpoint.note },
    createdAt: new Date(now),
  };
}

export function subjectsOf({ id, accessId, pilotId, runId }: ExportRow): Subjects {
  return [
    `export:${id}`,
    ...(runId === null ? [] : [`run:${runId}` as const]),
    ...(pilotId === null ? [] : [`pilot:${pilotId}` as const]),
    ...(accessId === null ? [] : [`access:${accessId}` as const]),
  ];
}

const viewOf = ({ id, epoch, size, pilotId, runId, withBlobs, createdAt }: ExportRow): ExportView => ({
  ...{ id, epoch, size, pilotId, runId, withBlobs, createdAt },
});

/** The person's own, newest first. */
export async function listExports(scope: Scope, reader: Reader): Promise<ExportView[]> {
  if (reader.kind !== "person") return [];
  return (await read(scope, (db) => selectExports(db, reader.personId, LISTED))).map(viewOf);
}

/** What the reader pinned: an export, or with `runId` the dossier of that run. Somebody else's is not there. */
export async function findOwn(
  scope: Scope,
  reader: Reader,
  exportId: string,
  runId: string | null,
): Promise<Pin> {
  const row = await read(scope, (db) => findExport(db, exportId));
  const isOwn =
    reader.kind === "person" ? row?.personId === reader.personId : row?.accessId === reader.accessId;
  if (!row || !isOwn || row.runId !== runId) throw notFound(runId === null ? "export" : "dossier");
  requirePermission(scope, runId === null ? "log.export" : "log.view", row.pilotId);
  if (row.withBlobs) requireBlobs(scope, reader, row.pilotId);
  await refuseChanged(scope, row);
  return row;
}

/** The lines of an export from number `from` on, counted from 0. Made while they are read. */
export async function openExport(
  scope: Scope,
  reader: Reader,
  exportId: string,
  from: number,
): Promise<AsyncGenerator<string>> {
  return resumed(await pinnedLines(scope, await findOwn(scope, reader, exportId, null), "export"), from);
}

async function refuseChanged(scope: Scope, pin: Pin): Promise<void> {
  const { pilotId, runId, redactions, withBlobs } = pin;
  const isChanged = await read(scope, async (db) => {
    const { all, active } = await countRedactions(db, pilotId, runId);
    // One that a hold broke off in the middle is neither, and has taken payloads away all the same.
    return all !== redactions || active > 0 || (withBlobs && (await isRedactedSince(db, pin, pin)));
  });
  if (isChanged) {
    throw new AppError(
      "expired",
      "Payloads were redacted since this export began, so it can no longer be given. Start another one.",
    );
  }
}

/** The lines from number `from` on. Throws bad_input where there are fewer. */
export async function resumed(lines: AsyncGenerator<string>, from: number): Promise<AsyncGenerator<string>> {
  if (from === 0) return lines;
  return begun(
    linesFrom(lines, from, (count) => badInput(`There is no line ${from}: it has ${count}, counted from 0.`)),
  );
}

/** Asked for its first line before anything is sent, so that a refusal is an answer and no broken transfer. */
async function begun(lines: AsyncGenerator<string>): Promise<AsyncGenerator<string>> {
  const first = await lines.next();
  return (async function* () {
    if (first.done) return;
    yield first.value;
    yield* lines;
  })();
}
