// No agent and no runner holds anything that deploys: what they are given, and the code that gives it, knows neither of
// releases nor of tokens; and of a release nothing is kept that could deploy.
import { expect, test } from "vitest";
import { testDatabase } from "../testing/database.ts";
import { sources } from "../testing/sources.ts";

const database = await testDatabase("web");

test("probe: what reaches a runner, a sandbox or an agent knows nothing of releases and tokens", () => {
  const reaching = sources().filter(({ path }) =>
    /^(runner\/|gateway\/|lib\/(protocol|jail|leases|inboxes|setup|snapshots)\/)/.test(path),
  );
  expect(reaching.length).toBeGreaterThan(100);
  const knowing = reaching.filter(({ text }) =>
    /lib\/releases|\.\.\/releases\/|api-tokens|pht_|api_token/.test(text),
  );
  expect(knowing.map(({ path }) => path)).toEqual([]);
});

test("of a release there is what was asked and who asked, no address and no secret", async () => {
  const { rows } = await database.owner.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_schema = 'public' and table_name = 'release' order by 1`,
  );
  expect(rows.map(({ name }) => name)).toEqual([
    ...[
      "artifact",
      "asked_at",
      "asked_by",
      "commit",
      "environment",
      "gate_id",
      "id",
      "pilot_id",
      "repository_id",
    ],
  ]);
  const { rows: may } = await database.owner.query(
    `select has_table_privilege('ph_gateway', 'release', 'select') as gateway,
       has_table_privilege('ph_worker', 'release', 'insert') as worker`,
  );
  expect(may).toEqual([{ gateway: false, worker: false }]);
});
