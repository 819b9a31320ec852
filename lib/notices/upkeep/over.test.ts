// When an incident is over, by what is there: for each thing that is told, before and after it has ended.
import { describe, expect, test } from "vitest";
import { DAY } from "../../clock.ts";
import { testDatabase } from "../../testing/database.ts";
import { dropForeignKeys, insertRow } from "../../testing/rows.ts";
import { systemActor, testClock, testScope } from "../../testing/scopes.ts";
import { resolveOver } from "./resolve-over.ts";

const database = await testDatabase("worker");
const clock = testClock();
const scope = testScope({ actor: systemActor("worker"), clock });
await dropForeignKeys(database.owner);
let made = 0;

/** Past what governs it. */
async function row(table: string, given: Record<string, unknown>): Promise<void> {
  const client = await database.owner.connect();
  await client.query(`alter table ${table} disable trigger user`);
  await insertRow(client, table, given);
  await client.query(`alter table ${table} enable trigger user`);
  client.release();
}
async function changed(sql: string, ...values: unknown[]): Promise<void> {
  const table = /^update (\w+)/.exec(sql)?.[1];
  await database.owner.query(`alter table ${table} disable trigger user`);
  await database.owner.query(sql, values);
  await database.owner.query(`alter table ${table} enable trigger user`);
}

await row("notice_channel", { id: "chn_pager", kind: "pagerduty", settings: "{}", name: "Pager" });

interface Told {
  readonly kind: string;
  readonly pilot?: string;
  readonly facts?: object;
}

/** One incident that tells all of these. */
async function opened(...told: readonly Told[]): Promise<string> {
  const id = `dlv_${made++}`;
  const at = new Date(clock.now());
  await row("notice_delivery", {
    ...{ id, channel_id: "chn_pager", recipient: "", purpose: "notice", state: "sent", made_at: at },
    ...{ next_at: at, sent_at: at },
  });
  for (const { kind, pilot = null, facts = {} } of told)
    await row("notice", {
      ...{ id: `ntc_${made++}`, channel_id: "chn_pager", recipient: "", kind, pilot_id: pilot },
      ...{
        event_key: `k${made++}`,
        facts: JSON.stringify(facts),
        grave: false,
        at,
        due_at: at,
        delivery_id: id,
      },
    });
  return id;
}

const isOver = async (id: string): Promise<boolean> => {
  await resolveOver(scope);
  const { rows } = await database.owner.query("select 1 from notice_delivery where resolves = $1", [id]);
  return rows.length === 1;
};

describe("an incident is over once", () => {
  const things: readonly (readonly [string, Told, () => Promise<void>, () => Promise<void>])[] = [
    [
      "the stop is lifted",
      { kind: "stop_pulled", facts: { stopId: "stp_1" } },
      () => row("stop", { id: "stp_1", scope: "all", pulled_at: new Date(0) }),
      () => changed("update stop set lifted_at = now() where id = 'stp_1'"),
    ],
    [
      "the finding is dealt with",
      { kind: "grave_finding", facts: { findingId: "fnd_1" } },
      () =>
        row("finding", {
          id: "fnd_1",
          state: "validated",
          source: "egress",
          severity: "high",
          rule: "egress.denied",
        }),
      () => changed("update finding set state = 'mitigated' where id = 'fnd_1'"),
    ],
    [
      "the pilot goes on",
      { kind: "pilot_paused", pilot: "pil_1" },
      () => row("pilot", { id: "pil_1", status: "paused" }),
      () => changed("update pilot set status = 'active' where id = 'pil_1'"),
    ],
    [
      "the channel works again",
      { kind: "deliveries_failing", facts: { channelId: "chn_x" } },
      () => row("notice_channel_state", { channel_id: "chn_x", failing_since: new Date(0) }),
      () => changed("update notice_channel_state set failing_since = null where channel_id = 'chn_x'"),
    ],
    [
      "the passkey is confirmed",
      { kind: "passkey_waiting", facts: { passkeyId: "psk_1" } },
      () => row("passkey", { id: "psk_1", person_id: "per_a" }),
      () => changed("update passkey set confirmed_at = now(), confirmed_by = 'per_b' where id = 'psk_1'"),
    ],
    [
      "the run has ended",
      { kind: "budget_nearly_spent", facts: { budget: "run", runId: "run_1" } },
      () => row("run", { id: "run_1", status: "working", kind: "repair" }),
      () => changed("update run set ended_at = now() where id = 'run_1'"),
    ],
    [
      "the pilot has ended",
      { kind: "budget_nearly_spent", pilot: "pil_2", facts: { budget: "pilot" } },
      () => row("pilot", { id: "pil_2", status: "active" }),
      () => changed("update pilot set status = 'completed' where id = 'pil_2'"),
    ],
    [
      "the day is over",
      { kind: "budget_nearly_spent", pilot: "pil_2", facts: { budget: "day" } },
      async () => undefined,
      async () => clock.advance(DAY + 1),
    ],
  ];
  test.each(things)("%s", async (_, told, begin, end) => {
    await begin();
    const id = await opened(told);
    expect(await isOver(id)).toBe(false);
    await end();
    expect(await isOver(id)).toBe(true);
  });

  test("all that it tells is over, and never where a part is no state, or is not there any more", async () => {
    const over = { kind: "stop_pulled", facts: { stopId: "stp_1" } };
    expect(await isOver(await opened(over, over))).toBe(true);
    for (const kind of ["run_failed", "emergency_sign_in", "pilot_tripped"])
      expect(await isOver(await opened(over, { kind })), kind).toBe(false);
    expect(await isOver(await opened({ kind: "stop_pulled", facts: { stopId: "stp_none" } }))).toBe(false);
  });
});
