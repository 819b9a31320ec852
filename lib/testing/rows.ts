// Valid rows of any table, for tests of what the database itself holds. Foreign keys are dropped first: these
// tests are about one table at a time.
import type pg from "pg";

interface Column {
  readonly column_name: string;
  readonly data_type: string;
}

/** Values of columns with closed words; everything else is filled by its type. */
const WORDS: Readonly<Record<string, string>> = {
  "run.status": "queued",
  "pilot.status": "draft",
  "gate.status": "open",
  "finding.source": "conduct",
  "finding.severity": "low",
  "finding.state": "open",
  "suppression.scope": "finding",
  "merge.state": "intent",
  "role_grant.role": "viewer",
  "group_member.source": "hand",
  "run_event.observed_by": "worker",
  "api_token.prefix": "pht_AbCdEfGh",
  "api_token.expires_at": "1970-01-02T00:00:00Z",
  "release.commit": "a".repeat(40),
  "release.artifact": "b".repeat(64),
  "run_message.mode": "now",
  "run_message.origin": "steer",
  "run_message.status": "queued",
  "review_thread.side": "new",
  "patch_viewed.content": "a".repeat(64),
  "run_ask.what": "command",
  "run_ask.status": "open",
  "run_inbox.kind": "message",
  "run_snapshot.why": "turn",
  "provider.kind": "openai",
  "provider_key.hint": "x1y2",
  "pilot_trip.tripwire": "failed_runs",
  "upstream_key.host_keys": "{ssh}",
  "upstream_key.ended_at": "1970-01-01T00:00:00Z",
  "weekly_pack.number": "1",
  "weekly_pack.first_day": "2030-01-01",
  "weekly_pack.last_day": "2030-01-07",
  "weekly_pack.digest": "a".repeat(64),
  "weekly_second_look.verdict": "agree",
  "exit_review.stage": "review",
  "exit_review.due_on": "2030-01-29",
  "exit_review.digest": "a".repeat(64),
  "exit_report.verdict": "fit",
  "exit_report.statement": "Read by two who know it.",
  "exit_report.kept_at": "a safe",
  "exit_report.sha256": "a".repeat(64),
  "exit_decision.decision": "end",
  "exit_decision.review_digest": "a".repeat(64),
  "pilot_closing_step.step": "runs",
  "pilot_closing_step.digest": "a".repeat(64),
  "wire_state.state": "armed",
  "wire_state.wire": "failed_runs >= 1",
  "wire_trip.wire": "failed_runs >= 1",
  "wire_trip.sample": "1",
  "wire_trip.steps": "{pause}",
  "wire_trip_step.step": "escalate",
  "pilot_trip.action": "cancel",
  "notice_channel.kind": "webhook",
  "release_credential.kind": "token",
  "forge_connection.kind": "token",
  "forge_pull.step": "queued",
  "forge_delivery.delivery_id": "d1",
  "forge_delivery.event": "push",
  "forge_rules.verdict": "held",
  "daily_digest_day.day": "2030-12-31",
  "home_view.view": "security",
  "notice_secret.part": "url",
  "notice_subscription.kind": "run_failed",
  "passkey.algorithm": "-7",
  "passkey_challenge.purpose": "enrol",
  "attestation.note_state": "waiting",
  "attestation.commit": "a".repeat(40),
  "attestation.tree": "a".repeat(40),
  "attestation.digest": "a".repeat(64),
  "evidence_statement.digest": "a".repeat(64),
  "revert.commit": "a".repeat(40),
  "merge_watch.commit": "a".repeat(40),
  "merge_watch.state": "watching",
  "merge_sighting.commit": "a".repeat(40),
  "stop_reach.phase": "agent",
  "document_score.accuracy": "1",
  "document_score.completeness": "1",
  "document_score.clarity": "1",
  "pilot_rate.what": "fix",
  "pilot_rate.kind": "repair",
  "pilot_rate.from_day": "2030-01-01",
  "drill.state": "gathering",
  "comparison.state": "planned",
  "comparison.each": "1",
  "procurement_note.topic": "price_model",
  "procurement_note.as_of": "2026-11-01",
  "control_test.state": "waiting",
  "control_proof.result": "holds",
  "merge_sighting.kind": "rewritten",
  "merge_sighting.source": "ancestry",
  "artefact.state": "refused",
  "artefact.sha256": "a".repeat(64),
  "outside_check.verdict": "passed",
  "outside_check.commitment": "a".repeat(64),
  "outside_import.kind": "deployment",
  "outside_import.way": "api",
  "outside_import.digest": "a".repeat(64),
  "outside_fetch.kind": "deployment",
  "outside_fetch.until": "1970-01-02T00:00:00Z",
  "pager_connection.kind": "pagerduty",
  "pager_connection.about": "releases",
};

let made = 0;

function fillerFor(table: string, { column_name, data_type }: Column): unknown {
  const word = WORDS[`${table}.${column_name}`];
  if (word) return word;
  switch (data_type) {
    case "integer":
    case "bigint":
    case "double precision":
      return ++made;
    case "boolean":
      return false;
    case "jsonb":
      return "{}";
    case "bytea":
      return Buffer.from(String(++made).padStart(32, "x")); // as long as a digest or a key
    case "ARRAY":
      return [];
    case "timestamp with time zone":
      return new Date(0);
    default:
      return `${column_name} ${++made}`;
  }
}

export async function dropForeignKeys(owner: pg.Pool): Promise<void> {
  const { rows } = await owner.query<{ sql: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as sql
     from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`,
  );
  for (const { sql } of rows) await owner.query(sql);
}

/** Inserts a row with every required column filled, `given` on top, and returns it. */
export async function insertRow(
  client: pg.ClientBase,
  table: string,
  given: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>> {
  const { rows: columns } = await client.query<Column>(
    `select column_name, data_type from information_schema.columns
     where table_schema = 'public' and table_name = $1
       and ((is_nullable = 'NO' and column_default is null) or table_name || '.' || column_name = any($2))`,
    [table, Object.keys(WORDS)],
  );
  const row = {
    ...Object.fromEntries(columns.map((column) => [column.column_name, fillerFor(table, column)])),
    ...given,
  };
  const names = Object.keys(row);
  const { rows } = await client.query<Record<string, unknown>>(
    `insert into ${table} (${names.map((name) => `"${name}"`).join(", ")})
     values (${names.map((_, index) => `$${index + 1}`).join(", ")}) returning *`,
    Object.values(row),
  );
  return rows[0] ?? {};
}
