import { describe, expect, test } from "vitest";
import { transaction } from "../db.ts";
import { testDatabase } from "../testing/database.ts";
import { sequenceLog } from "../testing/notary.ts";
import { testScope } from "../testing/scopes.ts";
import { leafHash } from "../tlog/hashing.ts";
import { isIncluded, parseProofFile } from "../tlog/proof-file.ts";
import { getProofFile } from "./proof-file.ts";

const database = await testDatabase("web");
const auditor = testScope({ roles: ["auditor"] });

async function write(count: number): Promise<{ id: string; body: Buffer }[]> {
  await transaction(auditor, async (tx) => {
    for (let n = 0; n < count; n++)
      tx.record({ kind: "person.signed_out", about: ["person:per_1"], detail: { session: `ses_${n}` } });
  });
  return (await database.owner.query("select id, body from log_entry order by seq")).rows;
}

describe("the proof of an entry as a file", () => {
  test("is not there before a checkpoint covers it", async () => {
    const [first] = await write(5);
    await expect(getProofFile(auditor, first?.id ?? "")).rejects.toMatchObject({ code: "conflict" });
    await expect(getProofFile(auditor, "ent_nobody")).rejects.toMatchObject({ code: "not_found" });
  });

  test("proves exactly that entry", async () => {
    const entries = await write(6);
    await sequenceLog(database);
    for (const { id, body } of entries) {
      const file = parseProofFile(await getProofFile(auditor, id));
      expect(isIncluded(file, leafHash(body))).toBe(true);
      expect(isIncluded(file, leafHash(Buffer.concat([body, Buffer.from(" ")])))).toBe(false);
    }
  });

  test("probe: is refused where the entry stored is not the one that was numbered", async () => {
    const [{ id } = { id: "" }] = await write(1);
    await sequenceLog(database);
    await database.owner.query("alter table log_entry disable trigger append_only");
    await database.owner.query("update log_entry set body = '{}' where id = $1", [id]);
    await expect(getProofFile(auditor, id)).rejects.toMatchObject({ code: "refused" });
  });
});
