import { expect, test } from "vitest";
import { transaction } from "../../db.ts";
import type { Reader } from "../../log-access/schema.ts";
import { testDatabase } from "../../testing/database.ts";
import { linesOf } from "../../testing/merged-run.ts";
import { sequenceLog } from "../../testing/notary.ts";
import { person, systemActor, testClock, testScope } from "../../testing/scopes.ts";
import { openExport, startExport } from "../export.ts";
import { listEpochs } from "./list-epochs.ts";

const database = await testDatabase("web");
const clock = testClock();
const auditor = testScope({ roles: ["auditor"], actor: person("per_auditor"), clock });
const operator = testScope({ actor: systemActor("operator"), clock });
const DIGEST = "a".repeat(64);

const written = (kind: "log.searched" | "log.epoch_started", detail: object) =>
  transaction(operator, async (tx) => tx.record({ kind, about: ["log:search"], detail } as never));

test("one log, then a second one with what its first entry says of the one before; both can be exported", async () => {
  expect(await listEpochs(auditor)).toEqual([]);
  for (const results of [1, 2, 3])
    await written("log.searched", { query_sha256: DIGEST, filters_sha256: DIGEST, results });
  await sequenceLog(database);
  const [first, ...others] = await listEpochs(auditor);
  expect(first).toMatchObject({ epoch: 1, size: 3, cause: null });
  expect(others).toEqual([]);

  await written("log.epoch_started", {
    ...{ old_origin: first?.origin, old_size: 5, old_root: DIGEST, checkpoint_sha256: DIGEST, kept: 3 },
    ...{ lost_from: 3, lost_to: 4, lost_first: "ent_4", lost_last: "ent_5", reason_sha256: DIGEST },
  });
  await database.owner.query(
    "insert into log_epoch (epoch, origin, started_at) values (2, 'pilothouse/0/2', now())",
  );
  await database.owner.query(
    `insert into log_leaf (position, epoch, index, entry_id, at, hash)
     select 3, 2, 0, id, at, sha256('\\x00'::bytea || body) from log_entry where kind = 'log.epoch_started'`,
  );
  const listed = await listEpochs(auditor);
  expect(listed.map(({ epoch, size }) => [epoch, size])).toEqual([
    [2, null],
    [1, 3],
  ]);
  expect(listed[0]?.cause).toMatchObject({ oldOrigin: first?.origin, oldSize: 5, kept: 3 });
  expect(listed[0]?.cause?.entryId).toMatch(/^ent_/);

  const reader: Reader = { kind: "person", personId: "per_auditor" };
  const { id, size, epoch } = await startExport(auditor, reader, { withBlobs: false, epoch: 1 });
  expect({ size, epoch }).toEqual({ size: 3, epoch: 1 });
  const lines = await linesOf(await openExport(auditor, reader, id, 0));
  expect(lines.filter((line) => line.includes('"type":"entry"'))).toHaveLength(3);
});

test("who may read one pilot's log alone is told of the logs, and not led to an entry of all", async () => {
  const narrow = testScope({ roles: [["auditor", "pil_one"]], actor: person("per_narrow"), clock });
  const [newest] = await listEpochs(narrow);
  expect(newest?.cause).toMatchObject({ kept: 3, entryId: null });
});
