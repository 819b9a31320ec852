// The same commands against the services on a database: people decide by decideGate, charters are amended, bases move and
// gates expire as they do in the product. What only leads there (a run in review, a message, a grant) is written as rows.
import { amend } from "../../charters/amend.ts";
import { HOUR, SECOND } from "../../clock.ts";
import { transaction } from "../../db.ts";
import { AppError } from "../../errors.ts";
import { decideGate, expireGates } from "../../gates/decide-gate.ts";
import { newId } from "../../ids.ts";
import { openMergeGate } from "../../merges/open-merge-gate.ts";
import { writeCharter } from "../../pilots/write-charter.ts";
import { sha256Hex } from "../../protocol/signing.ts";
import { canonicalText } from "../../record/rules.ts";
import { rebaseStale } from "../../runs/rebase-runs.ts";
import { lockRun } from "../../runs/run-in-tx.ts";
import { actorId, type Scope } from "../../scope.ts";
import { pullStop } from "../../stops/pull-stop.ts";
import { charterFor, member } from "../arrange.ts";
import { runScene } from "../run-scene.ts";
import { type Command, controlsOf, HELD, type Name, PEOPLE, type Sequence, type Wanted } from "./commands.ts";
import { type Answer, APPROVAL_HOURS } from "./model.ts";

const GOVERNED = [
  "run",
  "patch",
  "evidence",
  "gate",
  "approval",
  "merge",
  "repository",
  "pilot",
  "role_grant",
  "person",
  "run_message",
  "stop",
];

export interface GateRun {
  readonly status: string;
  /** Statuses of its merge gates, the oldest first. */
  readonly gates: readonly string[];
  /** Whose names stand in the message of its merge; null before there is one. */
  readonly approvers: readonly Name[] | null;
}

export async function gateServices() {
  const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
  const { database, clock, seed, work } = scene;
  const sql = async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await database.owner.query(text, [...values])).rows as Row[];
  const people = new Map<Name, Scope>();
  for (const name of PEOPLE) people.set(name, await member(seed, name, HELD[name]));
  const idOf = (name: Name): string => actorId((people.get(name) ?? seed).actor);
  const template = (await scene.reviewed()).runId;
  // What is arranged here stands in no entry; what services do is governed in every other test.
  for (const table of GOVERNED) await sql(`alter table ${table} disable trigger governed`);
  await sql("update run set status = 'cancelled' where id = $1", [template]);
  await sql("update gate set status = 'void', decided_at = now()");
  let heads = 0;
  const head = () => heads.toString(16).padStart(40, "0");
  const setHead = () =>
    sql("update repository set head_commit = $2 where id = $1", [work.repositoryId, head()]);

  const charter = (wanted: Wanted) => {
    const base = charterFor(seed, work.repositoryId);
    const controls = { ...base.controls, ...controlsOf(wanted, APPROVAL_HOURS) };
    return { ...base, controls: { ...controls, approvalHours: APPROVAL_HOURS } };
  };

  async function open(runId: string): Promise<void> {
    await transaction(seed, async (tx) => openMergeGate(tx, seed, await lockRun(tx, runId)));
    clock.advance(SECOND); // the newest gate is known by its time
  }

  /** The newest patch is that of the template with evidence about it, on the run's present base. */
  async function handIn(runId: string): Promise<void> {
    const patch = newId("patch", clock.now());
    await sql(
      `insert into patch select $2, $1, attempt, $4, base_tree, tree, commit, digest, manifest_blob_id, diff_blob_id,
         bundle_blob_id, files, flags, added, removed, $5 from patch where run_id = $3`,
      [runId, patch, template, head(), new Date(clock.now())],
    );
    const [evidence] = await sql<{ canonical: string }>("select canonical from evidence where run_id = $1", [
      template,
    ]);
    const seen = canonicalText({
      ...JSON.parse(evidence?.canonical ?? "{}"),
      run: runId,
      baseCommit: head(),
    });
    await sql(
      `insert into evidence (id, run_id, patch_id, attempt, runner_id, same_host, verdict, canonical, digest, created_at)
       select $2, $1, $3, attempt, runner_id, same_host, verdict, $5, $6, created_at from evidence where run_id = $4`,
      [runId, newId("evidence", clock.now()), patch, template, seen, sha256Hex(Buffer.from(seen, "utf8"))],
    );
  }

  async function begin({ launcher, wanted }: Sequence) {
    heads += 1;
    await setHead();
    await sql("update role_grant set revoked_at = null");
    await sql("update person set disabled_at = null");
    const pilotId = await scene.pilotWith(() => charter(wanted));
    const runId = newId("run", clock.now());
    await sql(
      `insert into run (id, pilot_id, repository_id, agent_id, charter_id, charter_digest, kind, title, status, base_commit,
         attempt, launched_by, request_key, launched_at, review_opened_at)
       select $1, p.id, r.repository_id, r.agent_id, c.id, c.digest, r.kind, r.title, 'in_review', $4, 2, $3, $1,
         r.launched_at, r.review_opened_at
       from run r, pilot p join charter c on c.id = p.active_charter_id where r.id = $5 and p.id = $2`,
      [runId, pilotId, idOf(launcher), head(), template],
    );
    await sql("insert into run_cursor (run_id, seq) values ($1, 0)", [runId]);
    await handIn(runId);
    await open(runId);
    const shown = new Map<Name, { gateId: string; digest: string }>();
    const gatesOf = () =>
      sql<{ id: string; digest: string; status: string }>(
        "select id, digest, status from gate where run_id = $1 order by created_at, id",
        [runId],
      );
    const [first] = await gatesOf();
    for (const name of PEOPLE) shown.set(name, { gateId: first?.id ?? "", digest: first?.digest ?? "" });
    const look = async (who: Name) => {
      const newest = (await gatesOf()).at(-1);
      if (newest) shown.set(who, { gateId: newest.id, digest: newest.digest });
    };

    async function decide(who: Name, decision: "approve" | "deny"): Promise<Answer> {
      const gate = shown.get(who) ?? { gateId: "", digest: "" };
      clock.advance(1);
      try {
        const scope = people.get(who) ?? seed;
        return (await decideGate(scope, { ...gate, decision, reason: "as said" })).status as Answer;
      } catch (error) {
        const code = error instanceof AppError ? error.code : "";
        if (code === "refused" || code === "conflict" || code === "not_found") return code;
        throw error;
      }
    }

    async function amendTo(wanted: Wanted, told: boolean): Promise<void> {
      // A word of the goal keeps every version different from the one before.
      const base = charter(wanted);
      const goal = { ...base.goal, statement: `${base.goal.statement} ${newId("charter", clock.now())}` };
      const { charterId, version, digest } = await writeCharter(seed, {
        pilotId,
        charter: { ...base, goal },
      });
      if (!told) {
        await sql("update pilot set active_charter_id = $2 where id = $1", [pilotId, charterId]);
        return;
      }
      const asked = { charter: digest, charterVersion: version, loosens: true, changes: [], runs: "keep" };
      const document = JSON.stringify({ ...asked, before: "", askedBy: "", roles: [] });
      await transaction(seed, (tx) => amend(tx, seed, { pilotId, charterId, document }));
      clock.advance(SECOND);
    }

    async function take(command: Command): Promise<Answer> {
      clock.advance(1); // gates are ordered by their time
      switch (command.do) {
        case "look":
          await look(command.who);
          return "done";
        case "approve":
        case "deny":
          if (command.looks) await look(command.who);
          return decide(command.who, command.do);
        case "steer":
          await sql(
            "insert into run_message (id, run_id, mode, origin, text, commitment, status, sent_by, request_key, sent_at) values ($1, $2, 'now', 'steer', 'x', '', 'queued', $3, $1, now())",
            [newId("message", clock.now()), runId, idOf(command.who)],
          );
          return "done";
        case "revoke":
        case "grant":
          await sql("update role_grant set revoked_at = $2 where person_id = $1", [
            idOf(command.who),
            command.do === "revoke" ? new Date() : null,
          ]);
          return "done";
        case "disable":
        case "enable":
          await sql("update person set disabled_at = $2 where id = $1", [
            idOf(command.who),
            command.do === "disable" ? new Date() : null,
          ]);
          return "done";
        case "amend":
          await amendTo(command.wanted, command.told);
          return "done";
        case "move_base":
          heads += 1;
          await setHead();
          if (command.told) await rebaseStale(seed, work.repositoryId, head());
          return "done";
        case "rework": {
          const moved = await sql(
            "update run set status = 'in_review', base_commit = $2 where id = $1 and status = 'queued' returning id",
            [runId, head()],
          );
          if (moved.length === 0) return "nothing";
          await handIn(runId);
          await open(runId);
          return "done";
        }
        case "stop":
          await pullStop(seed, { scope: "pilot", pilotId, reason: "" });
          return "done";
        case "lift":
          await sql("update stop set lifted_at = now() where pilot_id = $1 and lifted_at is null", [pilotId]);
          return "done";
        case "expire":
          clock.advance(APPROVAL_HOURS * HOUR);
          await expireGates(seed);
          return "done";
      }
    }

    return {
      take,
      async look(): Promise<GateRun> {
        const [run] = await sql<{ status: string; message: string | null }>(
          "select r.status, m.message from run r left join merge m on m.run_id = r.id where r.id = $1",
          [runId],
        );
        const named = run?.message?.matchAll(/Approved-By: (\S+)/g);
        const approvers = named
          ? [...named].flatMap(([, id]) => PEOPLE.filter((name) => idOf(name) === id))
          : null;
        return { status: run?.status ?? "", gates: (await gatesOf()).map(({ status }) => status), approvers };
      },
      /** Nothing of it is left for the next one. */
      async end(): Promise<void> {
        await sql("update run set status = 'cancelled' where id = $1", [runId]);
        await sql(
          "update gate set status = 'void', decided_at = now() where run_id = $1 and status = 'open'",
          [runId],
        );
      },
    };
  }
  return { begin };
}
