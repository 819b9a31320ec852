// Whoever speaks to models may write what was said and what it cost, and nothing that anybody decides.
import pg from "pg";
import { expect, test } from "vitest";
import { testDatabase } from "../testing/database.ts";

const database = await testDatabase("gateway");

test.each([
  "update gate set status = 'approved'",
  "insert into approval (id) values ('apr_1')",
  "update run set status = 'merged'",
  "update lease set ended_at = null",
  "update pilot set status = 'active'",
  "insert into charter (id) values ('chr_1')",
  "insert into model_price (id) values ('prc_1')",
  "insert into provider_key (id) values ('pky_1')",
  "insert into lease_token (lease_id) values ('lse_1')",
  "update stop set lifted_at = now()",
  "insert into role_grant (id) values ('grt_1')",
  "update finding set severity = 'low'",
  "update model_call set reserved_micros = 0",
  "update model_item set bytes = null",
  "delete from model_output",
  "delete from log_entry",
  "select * from person",
])("probe: the gateway's role may not: %s", async (sql) => {
  const client = new pg.Client({ connectionString: database.urls.gateway });
  await client.connect();
  try {
    const said = await client.query(sql).then(
      () => "it may",
      (error: pg.DatabaseError) => error.code ?? "",
    );
    expect(said).toBe("42501");
  } finally {
    await client.end();
  }
});
