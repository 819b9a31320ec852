// A release with more open findings than its document lists is bound to all of them.
import { expect, test } from "vitest";
import { decideGate } from "../gates/decide-gate.ts";
import { getGate } from "../gates/service.ts";
import type { Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { published } from "../testing/merged-run.ts";
import { runScene } from "../testing/run-scene.ts";
import { askRelease } from "./ask-release.ts";
import { ReleaseDocument } from "./schema.ts";

const scene = await runScene();
const { database, seed, work } = scene;
const sec = await member(seed, "sec", "security_lead");
const { runId, gateId: mergeGate } = await scene.reviewed();
await decide(await member(seed, "rev", "reviewer"), mergeGate);
await published(scene, mergeGate);

async function decide(by: Scope, gateId: string) {
  const { digest } = await getGate(by, gateId);
  return decideGate(by, { gateId, digest, decision: "approve", reason: "Read what it contains." });
}

const ask = async (letter: string): Promise<string> => {
  const artifact = { digest: `sha256:${letter.repeat(64)}` };
  const deployment = { sha: "d".repeat(40) };
  return (await askRelease(seed, { pilotId: work.pilotId, environment: "production", deployment, artifact }))
    .gateId;
};

/** As they stand, past what opens them. */
async function findings(sql: string, ...values: unknown[]): Promise<void> {
  await database.owner.query("alter table finding disable trigger user");
  await database.owner.query(sql, values);
  await database.owner.query("alter table finding enable trigger user");
}
const open = (from: number, to: number) =>
  findings(
    `insert into finding (id, run_id, pilot_id, rule, source, severity, state, subject, commitment, opened_at)
     select 'fnd_' || lpad(n::text, 5, '0'), $1, $2, 'egress.denied', 'egress', 'low', 'open', sha256(n::text::bytea),
       sha256('x'), now() from generate_series($3::int, $4::int) n`,
    ...[runId, work.pilotId, from, to],
  );
const dealtWith = (id: string) => findings("update finding set state = 'mitigated' where id = $1", id);

test("probe: where not all findings are listed, one that comes in the place of another makes the decision void", async () => {
  await open(1, 120);
  const gates = [await ask("1"), await ask("2"), await ask("3")];
  const [same = "", swapped = "", fewer = ""] = gates;
  const document = ReleaseDocument.parse(JSON.parse((await getGate(sec, same)).document));
  expect([document.findings.length, document.findingsCount]).toEqual([100, 120]);
  expect(await decide(sec, same)).toEqual({ status: "approved" });
  await dealtWith("fnd_00110");
  await open(121, 121);
  expect(await decide(sec, swapped)).toEqual({ status: "void" });
  await dealtWith("fnd_00111"); // cannot be told from a swap
  expect(await decide(sec, fewer)).toEqual({ status: "void" });
  expect(await decide(sec, await ask("4"))).toEqual({ status: "approved" });
});

test("where all are listed, dealing with one keeps the decision, and another in its place does not", async () => {
  await findings("update finding set state = 'mitigated' where id > 'fnd_00050'");
  const [fewer, swapped] = [await ask("5"), await ask("6")];
  await dealtWith("fnd_00001");
  expect(await decide(sec, fewer)).toEqual({ status: "approved" });
  await open(122, 122);
  expect(await decide(sec, swapped)).toEqual({ status: "void" });
});
