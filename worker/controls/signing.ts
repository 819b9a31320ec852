// What the notary and the witnesses do is waited for: the entry that began the round has to be under it.
import { SECOND } from "#lib/clock.ts";
import type { Proved } from "#lib/controls/schema.ts";
import { getLogState } from "#lib/log/notary-status.ts";
import { askedUnderCheckpoint } from "#lib/log/provable/newest.ts";
import type { LogState } from "#lib/log/schema.ts";
import type { Round } from "./round.ts";

const WAIT = 30 * SECOND;
const LOOK_EVERY = SECOND / 2;

/** What `look` finds, or what it makes of the last look when the time is up. */
async function waitFor(
  { scope }: Round,
  end: number,
  look: (state: LogState) => Proved | null | Promise<Proved | null>,
  late: (state: LogState) => Proved,
): Promise<Proved> {
  for (;;) {
    const state = await getLogState(scope);
    const found = await look(state);
    if (found !== null) return found;
    if (scope.clock.now() >= end) return late(state);
    await scope.clock.sleep(LOOK_EVERY);
  }
}

const seconds = (from: Date, to: Date): string =>
  `${Math.max(0, Math.round((to.getTime() - from.getTime()) / SECOND))} s`;

/** The newest checkpoint may be younger than the round and still not be over its entry. */
export function trySigning(round: Round): Promise<Proved> {
  const { begunAt, scope, testId } = round;
  const end = begunAt.getTime() + WAIT;
  return waitFor(
    round,
    end,
    async ({ alarms }) => {
      const alarm = alarms[0];
      if (alarm) return { result: "failed", sentence: `There is an alarm: ${alarm.title}` };
      const signedAt = await askedUnderCheckpoint(scope, testId);
      if (signedAt === null) return null;
      const sentence = `The test's own entry was under a signed checkpoint ${seconds(begunAt, signedAt)} after the test began.`;
      return { result: signedAt.getTime() > end ? "failed" : "holds", sentence };
    },
    ({ checkpoint }) => ({
      result: "failed",
      sentence:
        checkpoint === null
          ? "The notary has signed no checkpoint."
          : "The test's own entry was under no signed checkpoint half a minute after the test began.",
    }),
  );
}

export function tryWitness(round: Round): Promise<Proved> {
  const { askedAt, scope } = round;
  return waitFor(
    round,
    scope.clock.now() + WAIT,
    ({ witnesses }) => {
      if (witnesses.length === 0)
        return { result: "not_run", sentence: "No witness is configured: PILOTHOUSE_WITNESSES names them." };
      const refusing = witnesses.find(({ refusal }) => refusal !== null);
      if (refusing)
        return { result: "failed", sentence: `The witness ${refusing.name} refuses this log.`.slice(0, 500) };
      const fresh = witnesses.filter(({ cosignedAt }) => cosignedAt !== null && cosignedAt >= askedAt);
      if (fresh.length === 0) return null;
      return {
        result: "holds",
        sentence: `${fresh.length} of ${witnesses.length} witnesses cosigned since the test was asked for.`,
      };
    },
    ({ witnesses }) => ({
      result: "failed",
      sentence: `None of ${witnesses.length} witnesses has cosigned since the test was asked for.`,
    }),
  );
}
