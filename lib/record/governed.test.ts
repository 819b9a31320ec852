// What the database itself refuses: a change without an entry about it. Run as owner, who is past every grant.
import type pg from "pg";
import { describe, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { dropForeignKeys, insertRow } from "#lib/testing/rows.ts";

const database = await testDatabase("web");
await dropForeignKeys(database.owner);

/** Table → the noun and the column of the entry that must come with a change. */
const GOVERNED: Readonly<Record<string, readonly [string, string]>> = {
  agent: ["agent", "id"],
  api_token: ["token", "id"],
  approval: ["gate", "gate_id"],
  artefact: ["run", "run_id"],
  attestation: ["run", "run_id"],
  blob: ["run", "run_id"],
  charter: ["pilot", "pilot_id"],
  comparison: ["comparison", "id"],
  comparison_attempt: ["comparison", "comparison_id"],
  comparison_reviewer: ["comparison", "comparison_id"],
  control_proof: ["control_test", "test_id"],
  control_test: ["control_test", "id"],
  daily_digest: ["person", "person_id"],
  deputy: ["person", "person_id"],
  document_score: ["run", "run_id"],
  drill: ["drill", "id"],
  duty: ["pilot", "pilot_id"],
  enrolment: ["enrolment", "id"],
  evidence: ["run", "run_id"],
  evidence_statement: ["run", "run_id"],
  exit_decision: ["pilot", "pilot_id"],
  exit_report: ["pilot", "pilot_id"],
  exit_review: ["pilot", "pilot_id"],
  finding: ["finding", "id"],
  finding_step: ["finding", "finding_id"],
  forge_connection: ["repository", "repository_id"],
  forge_rules: ["repository", "repository_id"],
  gate: ["gate", "id"],
  gateway_key: ["gateway", "id"],
  glass_signature: ["gate", "gate_id"],
  group_grant: ["group", "group_id"],
  group_member: ["group", "group_id"],
  incident_link: ["incident", "incident_id"],
  launch_refusal: ["pilot", "pilot_id"],
  lease: ["run", "run_id"],
  lease_token: ["run", "run_id"],
  log_access: ["access", "id"],
  log_export: ["export", "id"],
  merge: ["run", "run_id"],
  merge_sighting: ["run", "run_id"],
  merge_watch: ["run", "run_id"],
  model_price: ["price", "id"],
  notice_channel: ["channel", "id"],
  notice_escalation: ["gate", "gate_id"],
  notice_hours: ["person", "person_id"],
  notice_key: ["channel", "id"],
  notice_secret: ["channel", "channel_id"],
  notice_subscription: ["person", "person_id"],
  one_time_link: ["person", "person_id"],
  outside_check: ["run", "run_id"],
  outside_fetch: ["repository", "repository_id"],
  outside_import: ["import", "id"],
  pager_connection: ["repository", "repository_id"],
  passkey: ["passkey", "id"],
  patch: ["run", "run_id"],
  patch_interdiff: ["run", "run_id"],
  patch_rebase: ["run", "run_id"],
  payload_showing: ["run", "run_id"],
  person: ["person", "id"],
  person_group: ["group", "id"],
  pilot: ["pilot", "id"],
  pilot_closing: ["pilot", "pilot_id"],
  pilot_closing_step: ["pilot", "pilot_id"],
  pilot_rate: ["pilot", "pilot_id"],
  pilot_trip: ["pilot", "pilot_id"],
  procurement_note: ["agent", "agent_id"],
  provider: ["provider", "id"],
  provider_key: ["provider", "provider_id"],
  provider_test: ["provider", "provider_id"],
  recovery_code: ["person", "person_id"],
  redaction: ["redaction", "id"],
  release: ["release", "id"],
  release_callback: ["release", "release_id"],
  release_credential: ["pilot", "pilot_id"],
  repository: ["repository", "id"],
  retention: ["pilot", "pilot_id"],
  revert: ["run", "run_id"],
  review_comment: ["run", "run_id"],
  review_sending: ["run", "run_id"],
  review_thread: ["run", "run_id"],
  role: ["role", "id"],
  role_grant: ["person", "person_id"],
  run: ["run", "id"],
  run_ask: ["run", "run_id"],
  run_inbox: ["run", "run_id"],
  run_message: ["run", "run_id"],
  run_snapshot: ["run", "run_id"],
  runner: ["runner", "id"],
  service_past_owner: ["person", "account_id"],
  sso_identity: ["person", "person_id"],
  stop: ["stop", "id"],
  stop_reach: ["run", "run_id"],
  suppression: ["finding", "finding_id"],
  totp: ["person", "person_id"],
  upstream_key: ["repository", "repository_id"],
  weekly_pack: ["pilot", "pilot_id"],
  weekly_second_look: ["pilot", "pilot_id"],
  wire_state: ["pilot", "pilot_id"],
  wire_trip: ["pilot", "pilot_id"],
  wire_trip_step: ["pilot", "pilot_id"],
};
/** Governed by statement instead of by row. */
const BATCHES = [
  "deployment",
  "incident",
  "model_call",
  "model_item",
  "model_output",
  "outside_change",
  "outside_ci_run",
  "page_call",
  "run_event",
];
/**
 * Tables that may change without an entry: liveness, counters, caches and facts that can be computed again,
 * back-off, sessions (whose opening and end are entries), and the record's own. To add one is a decision of its own.
 */
const EXEMPT = [
  "_prisma_migrations",
  "api_token_use",
  "author_key",
  "base_bundle",
  "budget_use",
  "charter_draft",
  "daily_digest_day",
  ...["deployment_carries", "deployment_contents"],
  "drift_cursor",
  "event_text",
  ...["finding_count", "finding_cursor", "finding_fact"],
  "follower_fault",
  ...["forge_delivery", "forge_look", "forge_pull"],
  "gate_fact",
  "home_view",
  ...["human_beat", "human_choice", "human_minute", "human_sample", "human_week"],
  "invitation_mail",
  "lease_heartbeat",
  ...["log_checkpoint", "log_entry", "log_epoch", "log_index_cursor", "log_leaf", "log_term"],
  "log_witness",
  "making_try",
  ...["merge_fact", "merge_watch_cursor"],
  "mirror_release",
  ...["notary_alarm", "notary_state"],
  ...["notice", "notice_channel_state", "notice_cursor", "notice_delivery"],
  "outside_fetch_progress",
  ...["passkey_challenge", "passkey_use"],
  ...["patch_fact", "patch_viewed"],
  "process_beacon",
  "release_callback_state",
  "repository_traffic",
  ...["run_cursor", "run_drift", "run_fact"],
  "runner_contact",
  "session",
  "sign_in_throttle",
  "spent_ticket",
  "stop_echo",
  "touched",
  "wire_reading",
];

async function withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await database.owner.connect();
  try {
    return await work(client);
  } finally {
    await client.query("rollback");
    client.release();
  }
}

const entry = (client: pg.ClientBase, ...about: string[]) =>
  client.query("insert into log_entry (id, kind, about, body) values ($1, 'test', $2, '')", [
    newId("entry"),
    about,
  ]);

/** The code of the error the work or its commit ends with; null when it was committed. */
async function codeOf(work: (client: pg.PoolClient) => Promise<unknown>): Promise<string | null> {
  return withClient(async (client) => {
    try {
      await client.query("begin");
      await work(client);
      await client.query("commit");
      return null;
    } catch (error) {
      if (error instanceof Error && "code" in error) return String(error.code);
      throw error;
    }
  });
}

const subjectOf = (table: string, row: Record<string, unknown>) => {
  const [noun, column] = GOVERNED[table] ?? ["", ""];
  return `${noun}:${row[column]}`;
};

/** A committed row, with its entry. */
async function committed(table: string): Promise<Record<string, unknown>> {
  return withClient(async (client) => {
    await client.query("begin");
    const row = await insertRow(client, table);
    await entry(client, subjectOf(table, row));
    await client.query("commit");
    return row;
  });
}

async function tablesWith(trigger: string): Promise<string[]> {
  const { rows } = await database.owner.query<{ name: string }>(
    `select c.relname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where t.tgname = $1 and not c.relispartition and t.tgenabled = 'O' order by 1`,
    [trigger],
  );
  return rows.map(({ name }) => name);
}

describe("the list of governed tables", () => {
  test("is the database's", async () => {
    expect(await tablesWith("governed")).toEqual(Object.keys(GOVERNED));
    for (const trigger of ["governed_insert", "governed_update", "governed_delete"]) {
      expect(await tablesWith(trigger)).toEqual(BATCHES);
    }
  });

  test("leaves out only the tables named here", async () => {
    const { rows } = await database.owner.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace
       and relkind in ('r', 'p') and not relispartition order by 1`,
    );
    const governed = new Set([...Object.keys(GOVERNED), ...BATCHES]);
    expect(rows.map(({ name }) => name).filter((name) => !governed.has(name))).toEqual(EXEMPT);
  });
});

describe.each(Object.keys(GOVERNED))("a change of %s", (table) => {
  test("is refused without an entry, whatever the change", async () => {
    const row = await committed(table);
    const [column, value] = Object.entries(row)[0] ?? ["", ""];
    expect(await codeOf((client) => insertRow(client, table))).toBe("PH001");
    const update = `update ${table} set "${column}" = "${column}" where "${column}" = $1`;
    expect(await codeOf((client) => client.query(update, [value]))).toBe("PH001");
    expect(
      await codeOf((client) => client.query(`delete from ${table} where "${column}" = $1`, [value])),
    ).toBe("PH001");
  });

  test("is refused with an entry about something else", async () => {
    const about = (GOVERNED[table] ?? ["x"])[0];
    const other = async (client: pg.PoolClient) => {
      await insertRow(client, table);
      await entry(client, `${about}:another`, "everything:all");
    };
    expect(await codeOf(other)).toBe("PH001");
  });

  test("commits with its entry, before or after it", async () => {
    const after = async (client: pg.PoolClient) =>
      entry(client, subjectOf(table, await insertRow(client, table)));
    expect(await codeOf(after)).toBeNull();
    const [, column = ""] = GOVERNED[table] ?? [];
    const id = newId("entry");
    const before = async (client: pg.PoolClient) => {
      await entry(client, subjectOf(table, { [column]: id }));
      await insertRow(client, table, { [column]: id });
    };
    expect(await codeOf(before)).toBeNull();
  });
});

describe("probe: ways around the entry", () => {
  const person = (client: pg.PoolClient) => insertRow(client, "person");

  test("an entry of another transaction does not count", async () => {
    const { id } = await committed("person");
    expect(await codeOf((client) => client.query("update person set name = 'x' where id = $1", [id]))).toBe(
      "PH001",
    );
  });

  test("an entry in a savepoint that was rolled back does not count; in a released one it does", async () => {
    const savepoint = (end: string) => async (client: pg.PoolClient) => {
      const row = await person(client);
      await client.query("savepoint s");
      await entry(client, `person:${row.id}`);
      await client.query(`${end} savepoint s`);
    };
    expect(await codeOf(savepoint("rollback to"))).toBe("PH001");
    expect(await codeOf(savepoint("release"))).toBeNull();
  });

  test("asking for the check now makes it now", async () => {
    const early = async (client: pg.PoolClient) => {
      await client.query("set constraints all immediate");
      await person(client);
    };
    expect(await codeOf(early)).toBe("PH001");
  });

  test("a table of the same name somewhere else is not the record", async () => {
    const decoy = async (client: pg.PoolClient) => {
      await client.query("create temp table log_entry (like public.log_entry including defaults)");
      const row = await person(client);
      await client.query(
        "insert into pg_temp.log_entry (id, kind, about, body, xid) values ('x', 'test', array[$1], '', pg_current_xact_id())",
        [`person:${row.id}`],
      );
    };
    expect(await codeOf(decoy)).toBe("PH001");
  });

  test("two changed rows need an entry about each", async () => {
    const two = (both: boolean) => async (client: pg.PoolClient) => {
      const [first, second] = [await person(client), await person(client)];
      await entry(client, `person:${first.id}`, ...(both ? [`person:${second.id}`] : []));
    };
    expect(await codeOf(two(false))).toBe("PH001");
    expect(await codeOf(two(true))).toBeNull();
  });
});

describe("events, governed by statement", () => {
  const runId = () => newId("run");
  const insert = async (client: pg.ClientBase, ...runs: string[]) =>
    client.query(
      `insert into run_event (run_id, seq, attempt, at, observed_by, kind, body)
       select r, s, 1, now(), 'worker', 'note', '{}' from unnest($1::text[]) r, generate_series(1, 3) s`,
      [runs],
    );

  async function stored(): Promise<string> {
    const run = runId();
    expect(
      await codeOf(async (client) => {
        await insert(client, run);
        await entry(client, `run:${run}`);
      }),
    ).toBeNull();
    return run;
  }

  test("a batch is refused without its run's entry and leaves no trace of the check", async () => {
    expect(await codeOf((client) => insert(client, runId()))).toBe("PH001");
    await stored();
    const { rows } = await database.owner.query("select from touched");
    expect(rows).toHaveLength(0);
  });

  test("one statement over two runs needs both entries", async () => {
    const [a, b] = [runId(), runId()];
    const half = async (client: pg.PoolClient) => {
      await insert(client, a, b);
      await entry(client, `run:${a}`);
    };
    expect(await codeOf(half)).toBe("PH001");
    const whole = async (client: pg.PoolClient) => {
      await insert(client, a, b);
      await entry(client, `run:${a}`, `run:${b}`);
    };
    expect(await codeOf(whole)).toBeNull();
  });

  test.each([
    ["changing", "update run_event set kind = 'other' where run_id = $1"],
    ["deleting", "delete from run_event where run_id = $1"],
  ])("probe: %s events later needs an entry too", async (_, sql) => {
    const run = await stored();
    expect(await codeOf((client) => client.query(sql, [run]))).toBe("PH001");
    const said = async (client: pg.PoolClient) => {
      await client.query(sql, [run]);
      await entry(client, `run:${run}`);
    };
    expect(await codeOf(said)).toBeNull();
  });

  test("two batches of one transaction are covered by one entry", async () => {
    const run = runId();
    const twice = async (client: pg.PoolClient) => {
      await insert(client, run);
      await client.query("update run_event set seq = seq + 10 where run_id = $1", [run]);
      await entry(client, `run:${run}`);
    };
    expect(await codeOf(twice)).toBeNull();
  });
});
