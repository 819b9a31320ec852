// Why a turn of Codex failed: in one sentence, and whether another turn may get through.
import { visibleText } from "#lib/text/rules.ts";
import type { TurnError } from "./messages.ts";
import { sentenceOf } from "./words.ts";

const REASON_LENGTH = 3000;

/** Kinds that are about the way to the model. Those that name a status are judged by it. */
const OF_THE_WAY: ReadonlySet<string> = new Set([
  "httpConnectionFailed",
  "responseStreamConnectionFailed",
  "responseStreamDisconnected",
  "responseTooManyFailedAttempts",
  "internalServerError",
  "serverOverloaded",
  "rateLimitExceeded",
  "flexUnavailable",
]);
/** Refusals that pass: too slow, in conflict, too early, too many. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429]);
/** Of kind "other", in the words of the pinned version. */
const CUT = /^stream disconnected before completion\b/;

interface Kind {
  readonly name: string;
  readonly status: number | null;
}

function kindOf(info: TurnError["codexErrorInfo"]): Kind {
  if (typeof info !== "object" || info === null) return { name: info ?? "other", status: null };
  const [name = "other", more] = Object.entries(info)[0] ?? [];
  const status = (more as { httpStatusCode?: unknown } | null)?.httpStatusCode;
  return { name, status: typeof status === "number" ? status : null };
}

/** A refusal is final: a spent budget stays spent, a stopped run stopped. A broken way is not. */
export function isTransient({ message, codexErrorInfo }: TurnError): boolean {
  const { name, status } = kindOf(codexErrorInfo);
  if (status !== null) return status >= 500 || PASSING.has(status);
  return OF_THE_WAY.has(name) || CUT.test(message);
}

/** What Codex says of an answer with status 500 is about its makers' servers, which were not asked. */
const SERVER_ERROR =
  "The way to the model answered with an internal error (status 500), each time it was tried.";

export function reasonOf(error: TurnError | null): string {
  if (error === null) return "Codex broke off its turn and gave no reason.";
  if (kindOf(error.codexErrorInfo).name === "internalServerError") return SERVER_ERROR;
  return visibleText(sentenceOf(error.message)).slice(0, REASON_LENGTH).toWellFormed();
}
