// An agent asks before it goes on: the charter answers, or an earlier decision, or else a gate is opened for people.
import { randomBytes } from "node:crypto";
import type { Tx } from "../db.ts";
import { refused } from "../errors.ts";
import { storable } from "../events/rules.ts";
import { openGate } from "../gates/open-gate.ts";
import { ownRuleOf, ruledBy } from "../gates/own-rules.ts";
import { newId } from "../ids.ts";
import { say } from "../inboxes/service.ts";
import { payloadCommitment } from "../model-calls/rules.ts";
import type { Charter } from "../pilots/schema.ts";
import { charterOf, findPilotState } from "../pilots/service.ts";
import type { BodyOf } from "../protocol/events.ts";
import { askDigest } from "../protocol/steering.ts";
import { changeOf } from "../record/change.ts";
import { moveRun } from "../runs/move-run.ts";
import { pauseInTx } from "../runs/pause-run.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { askDeadlines, askPolicyOf, judgeAsk } from "./rules.ts";
import { MAX_ASKS } from "./schema.ts";
import { askingState, askText } from "./state.ts";
import { countAsks, countOpen, type Ending, findAsk, insertAsk, listCarried, markUsed } from "./store.ts";

/** More at a time, and nobody reads them. */
const MAX_OPEN = 20;
const ASKED_ENOUGH = `This run has asked ${MAX_ASKS.toLocaleString("en")} times, and no further question is put to anybody. It is paused: end it, or tell its agent to go on without asking.`;
const SALT_BYTES = 32;

type Answer = Pick<Ending, "status" | "decidedBy" | "answer">;

/** What the event `ask_opened` brings about. The caller has locked run and lease. Told again, it changes nothing. */
export async function openAsk(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  attempt: number,
  said: BodyOf<"ask_opened">,
): Promise<void> {
  if (askDigest(said) !== said.digest) throw refused("The digest of what is asked is another one.");
  const known = await findAsk(tx.db, run.id, attempt, said.ask);
  if (known) {
    if (known.digest === said.digest) return;
    throw refused(`Ask ${said.ask} of this attempt was about something else.`);
  }
  if ((await countAsks(tx.db, run.id)) >= MAX_ASKS) return askedEnough(tx, scope, run);
  const charter = await charterOf(tx.db, run.charterId);
  const answer = await answerOf(tx, scope, run, charter, said);
  const timeZone = (await findPilotState(tx.db, run.pilotId))?.timeZone ?? "UTC";
  const opening = { tx, scope, run, attempt, said, charter, timeZone };
  if (answer === null) await askPeople(opening);
  else await answerAtOnce(opening, answer);
  tx.ring({ channel: "run_changed", payload: run.id });
}

/** Costs no row of its own: the pause interrupts whatever waits for the answer, and another one needs a person first. */
async function askedEnough(tx: Tx, scope: Scope, run: RunRow): Promise<void> {
  if (run.status === "working" || run.status === "awaiting_decision")
    await pauseInTx(tx, scope, run, ASKED_ENOUGH);
}

/** Null where a person has to decide. */
async function answerOf(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  charter: Charter,
  said: BodyOf<"ask_opened">,
): Promise<Answer | null> {
  // Its turn is being interrupted; the agent asks again when it goes on.
  if (run.status !== "working" && run.status !== "awaiting_decision")
    return { status: "expired", decidedBy: "crash", answer: "The run does not go on now." };
  const { verdict, rule } = judgeAsk(askPolicyOf(charter), charter.environment.testArgv, said);
  const byCharter = { decidedBy: "policy", answer: `The charter says so: ${rule}.` } as const;
  if (verdict === "denied") return { status: "declined", ...byCharter };
  if (verdict !== "ask") return { status: "allowed", ...byCharter };
  const earlier = (await listCarried(tx.db, run.id)).find(({ digest }) => digest === said.digest);
  if (earlier) {
    await markUsed(tx.db, earlier.id, new Date(scope.clock.now()));
    const { status, decidedBy, answer } = earlier;
    if (status !== "open") return { status, decidedBy: decidedBy ?? "person", answer };
  }
  if ((await countOpen(tx.db, run.id)) < MAX_OPEN) return null;
  const answer = "Too much was asked already; go on without it.";
  return { status: "declined", decidedBy: "policy", answer };
}

interface Opening {
  readonly tx: Tx;
  readonly scope: Scope;
  readonly run: RunRow;
  readonly attempt: number;
  readonly said: BodyOf<"ask_opened">;
  readonly charter: Charter;
  /** Of the pilot. */
  readonly timeZone: string;
}

/** The row as it is written; `commitment` is what gate and entry hold of it. */
function rowOf({ scope, run, attempt, said, charter, timeZone }: Opening) {
  const { what, title, text, cwd, reason } = storable(said);
  const now = scope.clock.now();
  const content = { attempt, number: said.ask, what, title, text, cwd, reason };
  const salt = new Uint8Array(randomBytes(SALT_BYTES));
  const commitment = payloadCommitment(salt, Buffer.from(askText(content), "utf8")).toString("hex");
  const { dueAt, expiresAt } = askDeadlines(charter, timeZone, now);
  const id = newId("ask", now);
  const found = { id, runId: run.id, item: said.item ?? null, digest: said.digest };
  return { row: { ...found, ...content, salt, commitment, openedAt: new Date(now), dueAt }, expiresAt };
}

async function askPeople(opening: Opening): Promise<void> {
  const { tx, scope, run, attempt, said, charter } = opening;
  const { row, expiresAt } = rowOf(opening);
  const ordinary = { needed: 1, roles: charter.controls.approverRoles, barred: [] };
  const rule = ruledBy(ownRuleOf(charter, "command"), ordinary);
  const open = await countOpen(tx.db, run.id);
  const gateId = await openGate(tx, scope, {
    ...{ kind: "command", pilotId: run.pilotId, runId: run.id, rule, expiresAt },
    document: {
      ...{ v: 1, decides: "command", run: run.id, attempt, ask: row.id, what: said.what },
      ...{ asked: row.commitment, charter: run.charterDigest, needed: rule.needed, roles: rule.roles },
      ...{ unattended: charter.controls.unattended, nonce: randomBytes(16).toString("hex") },
    },
  });
  await insertAsk(tx.db, { ...row, gateId, status: "open" });
  if (run.status === "working")
    await moveRun(tx, scope, run, "awaiting_decision", "The agent asks before it goes on.");
  tx.record({
    kind: "ask.opened",
    about: [`run:${run.id}`, `gate:${gateId}`],
    charter: run.charterDigest,
    ...changeOf(askingState(run, open), askingState({ ...run, status: "awaiting_decision" }, open + 1)),
    detail: {
      ...{ ask: row.id, attempt, number: said.ask, what: said.what },
      ...{ asked: row.commitment, gate: gateId },
    },
  });
}

async function answerAtOnce(opening: Opening, answer: Answer): Promise<void> {
  const { tx, scope, run, attempt, said } = opening;
  const { row } = rowOf(opening);
  const open = await countOpen(tx.db, run.id);
  await insertAsk(tx.db, { ...row, ...answer, settledAt: row.openedAt });
  if (answer.status !== "expired") await say(tx, scope, run.id, { kind: "answer", askId: row.id, attempt });
  const about = [`run:${run.id}`] as const;
  const [none, one] = [askingState(run, open), askingState(run, open + 1)];
  tx.record({
    kind: "ask.opened",
    about,
    charter: run.charterDigest,
    ...changeOf(none, one),
    detail: { ask: row.id, attempt, number: said.ask, what: said.what, asked: row.commitment },
  });
  tx.record({
    kind: "ask.settled",
    about,
    charter: run.charterDigest,
    ...changeOf(one, none),
    detail: { ask: row.id, attempt, decision: answer.status, by: answer.decidedBy },
  });
}
