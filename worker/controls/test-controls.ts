// A round of the self-test: each control is tried by a canary that does no harm where it is let through. What cannot be tried, or
// breaks while it is, has not been shown; it grows old, and then it is red.
import { SECOND, systemClock } from "#lib/clock.ts";
import { CONTROLS } from "#lib/controls/catalog.ts";
import {
  giveCanaryKeys,
  tryChangeWithoutEntry,
  tryEditedEntry,
  tryLogChange,
  tryUnapprovedMerge,
} from "#lib/controls/database-canaries.ts";
import type { ControlId, Proved } from "#lib/controls/schema.ts";
import { dueRound, keepRound, type Shown } from "#lib/controls/service.ts";
import type { Scope } from "#lib/scope.ts";
import type { Workplace } from "../workplace.ts";
import { tryDeadSession, tryForeignToken, tryRevokedKey } from "./doors.ts";
import type { Round } from "./round.ts";
import { tryEgress } from "./sandbox.ts";
import { trySigning, tryWitness } from "./signing.ts";
import { tryBackup, tryDrill, trySecret } from "./standing.ts";

type Canary = (round: Round) => Promise<Proved>;

/** Keys are made once a round, when the first canary asks for them. */
function canaries({ scope, testId }: Round): Record<ControlId, Canary> {
  let given: ReturnType<typeof giveCanaryKeys> | undefined;
  const keys = () => {
    given ??= giveCanaryKeys(scope, testId);
    return given;
  };
  return {
    sandbox_egress: ({ workplace }) => tryEgress(workplace.workshop.sandbox),
    gateway_token: async (round) => tryForeignToken(round, (await keys()).canary),
    runner_revoked: async (round) => tryRevokedKey(round, (await keys()).revoked),
    session_dead: tryDeadSession,
    merge_unapproved: () => tryUnapprovedMerge(scope),
    log_append_only: () => tryLogChange(scope),
    change_without_entry: () => tryChangeWithoutEntry(scope),
    log_edited: () => tryEditedEntry(scope),
    log_signed: trySigning,
    witness_age: tryWitness,
    secret_masked: trySecret,
    stop_drilled: tryDrill,
    backup_age: tryBackup,
  };
}

/** Of one canary; those that wait for a signature wait half of it. */
const LONGEST = 60 * SECOND;

export async function show(round: Round, control: ControlId, canary: Canary): Promise<Shown> {
  const began = performance.now();
  const over = new AbortController();
  const late = systemClock.sleep(LONGEST, over.signal).then(
    (): Proved => ({ result: "not_run", sentence: "It did not come to an end within a minute." }),
    () => null, // it ended in time
  );
  let proved: Proved;
  try {
    proved = (await Promise.race([canary(round), late])) ?? { result: "not_run", sentence: "It was ended." };
  } catch (error) {
    // What broke may say anything, and what is kept is shown and given away: it stands in the log of the process alone.
    round.workplace.logger.warn({ err: error, control }, "a control could not be tried");
    proved = {
      result: "not_run",
      sentence: "It could not be tried: it broke, and the worker's own log says how.",
    };
  } finally {
    over.abort();
  }
  return { control, ...proved, milliseconds: Math.round(performance.now() - began) };
}

export async function testControls(round: Round): Promise<Shown[]> {
  const all = canaries(round);
  const shown: Shown[] = [];
  for (const { id } of CONTROLS) shown.push(await show(round, id, all[id]));
  return shown;
}

/** For a loop: does the round that is due, and tells of what did not hold. */
export function createControlTester(workplace: Workplace): (scope: Scope) => Promise<void> {
  return async (scope) => {
    const due = await dueRound(scope);
    if (due === null) return;
    const begunAt = new Date(scope.clock.now());
    const { id: testId, askedAt } = due;
    const shown = await testControls({ testId, askedAt, begunAt, scope, workplace });
    await keepRound(scope, testId, shown);
    for (const { control, result, sentence } of shown) {
      if (result === "failed") workplace.logger.error({ control, sentence }, "a control did not hold");
      else workplace.logger.info({ control, result }, "a control was tested");
    }
  };
}
