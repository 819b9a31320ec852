// Controls whose proof stands somewhere already, or is made in this process.
import { randomBytes } from "node:crypto";
import { DAY, SECOND } from "#lib/clock.ts";
import type { Proved } from "#lib/controls/schema.ts";
import { lastDrill } from "#lib/drills/service.ts";
import { maskSecrets } from "#lib/secrets/service.ts";
import type { Round } from "./round.ts";

const DRILL_WITHIN = 30 * DAY;
const STOPPED_WITHIN = 2 * SECOND;

/** A form that everybody's scanner knows; opens nothing anywhere. */
const madeUpToken = (): string => `ghp_${randomBytes(18).toString("hex")}`;

export async function trySecret(): Promise<Proved> {
  const token = madeUpToken();
  const { text } = await maskSecrets(`export GITHUB_TOKEN=${token}\necho done\n`);
  if (text.includes(token)) return { result: "failed", sentence: "A made-up token was shown as it is." };
  if (!text.includes("echo done")) return { result: "failed", sentence: "More than the token was masked." };
  return { result: "holds", sentence: "A made-up token was masked, and the line beside it was not." };
}

export async function tryDrill({ scope }: Round): Promise<Proved> {
  const last = await lastDrill(scope);
  if (last === null) return { result: "not_run", sentence: "No drill has been held here yet." };
  const { endedAt, stopped, missed, slowest, wanted, fault } = last;
  if (fault === "no_runner")
    return { result: "not_run", sentence: "The last drill was called off: no runner had a run of it." };
  const days = Math.floor((scope.clock.now() - endedAt.getTime()) / DAY);
  if (fault !== null)
    return {
      result: "failed",
      sentence: `The last drill failed: of ${wanted} runs, ${stopped} were heard to have ended.`,
    };
  if (missed > 0)
    return {
      result: "failed",
      sentence: `In the last drill ${missed} of ${stopped + missed} runs were not reached.`,
    };
  if (slowest === null || slowest > STOPPED_WITHIN)
    return {
      result: "failed",
      sentence: `In the last drill the slowest run ended after ${slowest ?? 0} ms.`,
    };
  if (scope.clock.now() - endedAt.getTime() > DRILL_WITHIN)
    return { result: "failed", sentence: `The last drill was ${days} days ago.` };
  const absent = wanted - stopped;
  const rest =
    absent > 0 ? ` The other ${absent} of ${wanted} were at work with no runner when it was pulled.` : "";
  return {
    result: "holds",
    sentence: `In the last drill ${stopped} of ${stopped} runs ended, the slowest after ${slowest} ms.${rest}`,
  };
}

export const tryBackup = async (): Promise<Proved> => ({
  result: "not_run",
  sentence: "This version makes no backups of itself, so there is none whose age could be asked.",
});
