// Rows of runs and what becomes of them, written past the services, so that orders come up that no service would make; and
// beside them what was told, for a model of facts that shares no code with the database.
import fc from "fast-check";
import type { TestDatabase } from "./database.ts";
import type { Sighted, ToldMerge, ToldPatch, ToldRun } from "./fact-model.ts";
import { dropForeignKeys, insertRow } from "./rows.ts";

export const START = Date.parse("2026-03-02T09:00:00Z");
const MINUTE = 60_000;
const GOVERNED = [
  ...[
    "run",
    "patch",
    "evidence",
    "merge",
    "merge_watch",
    "merge_sighting",
    "finding",
    "finding_step",
    "gate",
  ],
];

/** What may happen to a run. `at` is when it says it did, which has nothing to do with when it comes. */
export type Event =
  | {
      readonly do: "move";
      readonly to: string;
      readonly noChange: boolean;
      readonly as: string;
      readonly at: number;
    }
  | { readonly do: "propose"; readonly at: number }
  | { readonly do: "judge"; readonly patch: number; readonly verdict: string; readonly at: number }
  | { readonly do: "intend"; readonly patch: number }
  | { readonly do: "settle" | "refuse" | "watch"; readonly merge: number; readonly at: number }
  | {
      readonly do: "see";
      readonly merge: number;
      readonly kind: Sighted["kind"];
      readonly commit: number;
      readonly at: number;
    }
  | {
      readonly do: "end_watch";
      readonly merge: number;
      readonly as: "held" | "reverted" | "rewritten";
      readonly at: number;
    };

export const at = fc.integer({ min: 0, max: 30 * 24 * 60 }).map((minutes) => START + minutes * MINUTE);
const nth = fc.nat(3);
export const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    do: fc.constant("move" as const),
    to: fc.constantFrom("working", "in_review", "merged", "rejected", "failed", "cancelled"),
    noChange: fc.boolean(),
    as: fc.constantFrom("wrong", "style"),
    at,
  }),
  fc.record({ do: fc.constant("propose" as const), at }),
  fc.record({
    ...{ do: fc.constant("judge" as const), patch: nth, at },
    verdict: fc.constantFrom("verified", "verified", "regressed", "untrustworthy", "incomplete"),
  }),
  fc.record({ do: fc.constant("intend" as const), patch: nth }),
  fc.record({
    do: fc.constantFrom("settle" as const, "settle" as const, "refuse" as const, "watch" as const),
    merge: nth,
    at,
  }),
  fc.record({
    ...{ do: fc.constant("see" as const), merge: nth, commit: fc.nat(2), at },
    kind: fc.constantFrom("reverted_here", "reverted_by_hand", "rewritten", "changed_again", "check_failed"),
  }),
  fc.record({
    ...{ do: fc.constant("end_watch" as const), merge: nth, at },
    as: fc.constantFrom("held" as const, "held" as const, "reverted" as const, "rewritten" as const),
  }),
);

export const instant = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
const pick = <T>(all: readonly T[], index: number): T | undefined => all[index % Math.max(1, all.length)];

const NOWHERE = { pilot_id: "pil_1", agent_id: "agt_1", repository_id: "rep_1" };

/** Writers of one database whose rows need no entries any more. */
export async function factStory(database: TestDatabase) {
  await dropForeignKeys(database.owner);
  for (const table of GOVERNED) await database.owner.query(`alter table ${table} disable trigger governed`);
  let made = 0;
  const newName = (prefix: string): string => `${prefix}_${String(++made).padStart(6, "0")}`;

  async function write(text: string, values: readonly unknown[]): Promise<void> {
    await database.owner.query(text, [...values]);
  }
  async function row(table: string, given: Readonly<Record<string, unknown>>): Promise<void> {
    const client = await database.owner.connect();
    try {
      await insertRow(client, table, given);
    } finally {
      client.release();
    }
  }

  async function newRun(kind: ToldRun["kind"], place = NOWHERE): Promise<ToldRun> {
    const id = newName("run");
    await row("run", { id, kind, ...place, launched_at: instant(START) });
    return {
      id,
      kind,
      status: "queued",
      noChange: false,
      rejectedAs: null,
      endedAt: null,
      patches: [],
      merges: [],
    };
  }

  async function moveTo(run: ToldRun, told: Extract<Event, { do: "move" }>): Promise<void> {
    const isEnd = ["merged", "rejected", "failed", "cancelled"].includes(told.to);
    run.status = told.to;
    run.noChange = told.noChange;
    run.rejectedAs = told.to === "rejected" ? told.as : null;
    run.endedAt = isEnd ? told.at : null;
    await write("update run set status = $2, no_change = $3, rejected_as = $4, ended_at = $5 where id = $1", [
      ...[run.id, run.status, run.noChange, run.rejectedAs, instant(run.endedAt)],
    ]);
  }

  async function propose(run: ToldRun, when: number): Promise<void> {
    const patch: ToldPatch = { id: newName("pat"), at: when, evidence: [] };
    run.patches.push(patch);
    await row("patch", { id: patch.id, run_id: run.id, created_at: instant(when) });
  }

  async function judge(run: ToldRun, patch: ToldPatch, verdict: string, when: number): Promise<void> {
    const id = newName("evi");
    patch.evidence.push({ id, verdict, at: when });
    await row("evidence", { id, run_id: run.id, patch_id: patch.id, verdict, created_at: instant(when) });
  }

  /** A run has one merge that is under way or took place; the database holds that itself. */
  async function intend(run: ToldRun, patch: ToldPatch): Promise<void> {
    if (run.merges.some(({ isRefused }) => !isRefused)) return;
    const merge: ToldMerge = {
      id: newName("mrg"),
      patch: patch.id,
      settledAt: null,
      isRefused: false,
      watch: null,
      sightings: [],
    };
    run.merges.push(merge);
    const ids = { id: merge.id, run_id: run.id, patch_id: patch.id, gate_id: newName("gat") };
    await row("merge", { ...ids, created_at: instant(START) });
  }

  async function ofMerge(run: ToldRun, merge: ToldMerge, told: Event): Promise<void> {
    switch (told.do) {
      case "refuse":
        if (merge.settledAt !== null) return;
        merge.isRefused = true;
        return write("update merge set state = 'refused', settled_at = $2 where id = $1", [
          ...[merge.id, instant(told.at)],
        ]);
      case "settle":
        if (merge.isRefused) return;
        merge.settledAt = told.at;
        return write("update merge set state = 'moved', settled_at = $2 where id = $1", [
          merge.id,
          instant(told.at),
        ]);
      case "watch": {
        if (merge.watch) return;
        merge.watch = { mergedAt: told.at, state: "watching", endedAt: null };
        const until = instant(told.at + 14 * 24 * 60 * MINUTE);
        return row("merge_watch", { merge_id: merge.id, run_id: run.id, merged_at: instant(told.at), until });
      }
      case "see": {
        const commit = String(told.commit).repeat(40);
        // The same again is no second sighting.
        const { rowCount } = await database.owner.query(
          `insert into merge_sighting (id, merge_id, run_id, kind, commit, source, at)
         values ($1, $2, $3, $4, $5, 'trees', $6) on conflict do nothing`,
          [newName("sgt"), merge.id, run.id, told.kind, commit, instant(told.at)],
        );
        if (rowCount === 1) merge.sightings.push({ kind: told.kind, at: told.at });
        return;
      }
      case "end_watch":
        if (!merge.watch) return;
        merge.watch = { ...merge.watch, state: told.as, endedAt: told.at };
        return write("update merge_watch set state = $2, settled_at = $3 where merge_id = $1", [
          ...[merge.id, told.as, instant(told.at)],
        ]);
    }
  }

  async function apply(run: ToldRun, told: Event): Promise<void> {
    if (told.do === "move") return moveTo(run, told);
    if (told.do === "propose") return propose(run, told.at);
    if (told.do === "judge" || told.do === "intend") {
      const patch = pick(run.patches, told.patch);
      if (!patch) return;
      return told.do === "judge" ? judge(run, patch, told.verdict, told.at) : intend(run, patch);
    }
    const merge = pick(run.merges, told.merge);
    if (merge) await ofMerge(run, merge, told);
  }

  return { newName, write, row, newRun, propose, judge, intend, apply };
}
