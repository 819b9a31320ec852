// Who calls: a request signed by a registered runner, carrying the token of a lease that runner holds. Either alone is
// worth nothing. What was found is believed for half a second at most.
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import { idPattern } from "#lib/ids.ts";
import type { Admission } from "#lib/model-calls/schema.ts";
import { HEADERS, MAX_SKEW, verify } from "#lib/protocol/signing.ts";
import type { RunnerCredential } from "#lib/runners/schema.ts";

export const BELIEVED_FOR = 500;

const RUNNER_ID = idPattern("runner");
const TOKEN = /^Bearer (phr_[A-Za-z0-9_-]{43})$/;

export interface Caller {
  readonly runnerId: string;
  readonly tokenSha256: string;
  readonly admission: Admission;
}

export interface SignedHead {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface AccessParts {
  readonly clock: Clock;
  findRunner(runnerId: string): Promise<RunnerCredential | null>;
  admit(tokenSha256: string, runnerId: string): Promise<Admission>;
}

export interface Access {
  /** Throws AppError unauthenticated or forbidden. The body's hash is the caller's to check. */
  authenticate(head: SignedHead): Promise<Caller>;
  /** Asks again, past what is believed; for calls that are under way. */
  again(caller: Pick<Caller, "runnerId" | "tokenSha256">): Promise<Admission>;
}

const isRefusal = (error: unknown) => error instanceof AppError && error.code !== "unavailable";

interface Believed<T> {
  readonly at: number;
  readonly answer: Promise<T>;
  /** An answer that came is believed, while the next one is on its way, for as long as it would have been. */
  readonly before: Believed<T> | null;
  hasCome: boolean;
}

/** One answer for all who ask at the same time, and for half a second; asked anew before that is over. */
function believing<T>(clock: Clock, most: number) {
  const known = new Map<string, Believed<T>>();
  const isYoung = ({ at }: Believed<T>): boolean => {
    const age = clock.now() - at;
    return age >= 0 && age < BELIEVED_FOR;
  };
  const ask = (key: string, find: () => Promise<T>): Promise<T> => {
    const before = known.get(key);
    const answer = find();
    const entry = { at: clock.now(), answer, before: before?.hasCome ? before : null, hasCome: false };
    known.delete(key);
    known.set(key, entry);
    answer.then(
      () => {
        entry.hasCome = true;
        entry.before = null;
      },
      (error: unknown) => {
        entry.before = null; // what was refused now was not granted a moment ago
        if (!isRefusal(error) && known.get(key) === entry) known.delete(key); // a fault of a moment is nobody's answer
      },
    );
    const oldest = known.keys().next().value;
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return answer;
  };
  return {
    fresh: ask,
    believed(key: string, find: () => Promise<T>): Promise<T> {
      const found = known.get(key);
      if (!found || !isYoung(found)) return ask(key, find);
      if (found.before && isYoung(found.before)) return found.before.answer;
      const isOlder = clock.now() - found.at >= BELIEVED_FOR / 2;
      if (found.hasCome && isOlder) ask(key, find).catch(() => undefined); // told to whoever asks next
      return found.answer;
    },
  };
}

const MOST_BELIEVED = 2000;

const unauthenticated = (sentence: string) => new AppError("unauthenticated", sentence);
const UNKNOWN = "This is not the request of a runner registered here.";
const NO_TOKEN = "The request carries no run token: model calls come through the relay of a runner.";

export function tokenSha256Of(headers: IncomingHttpHeaders): string {
  const token = TOKEN.exec(headers.authorization ?? "")?.[1];
  if (token === undefined) throw unauthenticated(NO_TOKEN);
  return createHash("sha256").update(token).digest("hex");
}

const single = (value: string | string[] | undefined): string => (typeof value === "string" ? value : "");

export function createAccess({ clock, findRunner, admit }: AccessParts): Access {
  const runners = believing<RunnerCredential | null>(clock, MOST_BELIEVED);
  const admissions = believing<Admission>(clock, MOST_BELIEVED);

  async function runnerOf({ method, path, headers }: SignedHead): Promise<string> {
    const runnerId = single(headers[HEADERS.runner]);
    if (!RUNNER_ID.test(runnerId)) throw unauthenticated(UNKNOWN);
    const runner = await runners.believed(runnerId, () => findRunner(runnerId));
    if (!runner || runner.revoked) throw unauthenticated(UNKNOWN);
    const parts = {
      ...{ method, path, runnerId },
      time: single(headers[HEADERS.time]),
      sha256: single(headers[HEADERS.sha256]),
    };
    const signature = single(headers[HEADERS.signature]);
    const { publicKey } = runner;
    const fault = verify({ parts, signature, publicKey, now: clock.now(), skew: MAX_SKEW });
    if (fault === "clock")
      throw unauthenticated("The clocks of runner and gateway differ by more than a minute.");
    if (fault !== null) throw unauthenticated(UNKNOWN);
    return runnerId;
  }

  return {
    async authenticate(head) {
      const runnerId = await runnerOf(head);
      const tokenSha256 = tokenSha256Of(head.headers);
      const admission = await admissions.believed(`${tokenSha256} ${runnerId}`, () =>
        admit(tokenSha256, runnerId),
      );
      return { runnerId, tokenSha256, admission };
    },
    again: ({ tokenSha256, runnerId }) =>
      admissions.fresh(`${tokenSha256} ${runnerId}`, () => admit(tokenSha256, runnerId)),
  };
}
