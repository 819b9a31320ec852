// The doors of web process and gateway, knocked at over the network as anybody would.
import { randomBytes } from "node:crypto";
import { sessionCookieName } from "#lib/auth/cookie-name.ts";
import { SECOND } from "#lib/clock.ts";
import { CANARY_RUNNER, REVOKED_CANARY } from "#lib/controls/canary-rules.ts";
import type { Proved } from "#lib/controls/schema.ts";
import {
  EMPTY_SHA256,
  HEADERS,
  type RunnerKeys,
  readPrivateKey,
  sha256Hex,
  sign,
} from "#lib/protocol/signing.ts";
import type { Round } from "./round.ts";

const PATIENCE = 10 * SECOND;
/** Longest answer that is looked at, characters. */
const LOOKED_AT = 2000;

interface Answer {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  const text = isStream ? "" : (await response.text()).slice(0, LOOKED_AT);
  if (isStream) await response.body?.cancel();
  return { status: response.status, location: response.headers.get("location") ?? "", text };
}

interface Knock {
  readonly origin: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly runnerId: string;
  readonly keys: RunnerKeys;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function signed(
  { scope }: Round,
  { origin, method, path, runnerId, keys, body, headers }: Knock,
): Promise<Answer> {
  const sha256 = body === undefined ? EMPTY_SHA256 : sha256Hex(Buffer.from(body));
  const time = String(scope.clock.now());
  const signature = sign({ method, path, runnerId, time, sha256 }, readPrivateKey(keys.privateKey));
  return ask(`${origin}${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
    headers: {
      ...headers,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...{ [HEADERS.runner]: runnerId, [HEADERS.time]: time, [HEADERS.sha256]: sha256 },
      [HEADERS.signature]: signature,
    },
  });
}

const isRefused = ({ status }: Answer): boolean => status === 401 || status === 403;

export async function tryForeignToken(round: Round, keys: RunnerKeys): Promise<Proved> {
  const origin = round.workplace.env.PILOTHOUSE_GATEWAY_URL;
  if (origin === undefined)
    return {
      result: "not_run",
      sentence: "The worker was not told where the gateway is: PILOTHOUSE_GATEWAY_URL.",
    };
  const token = `phr_${randomBytes(32).toString("base64url")}`;
  const answer = await signed(round, {
    ...{ origin, method: "GET", path: "/v1/models", runnerId: CANARY_RUNNER, keys },
    headers: { authorization: `Bearer ${token}` },
  });
  if (isRefused(answer)) {
    // Turned away for anything else, or by something before the gateway, it would show nothing of tokens.
    if (!answer.text.includes("This run token is not known"))
      return {
        result: "not_run",
        sentence: `It was turned away (${answer.status}) for something else than its token.`,
      };
    return {
      result: "holds",
      sentence: `The gateway answered ${answer.status}: it does not know the token.`,
    };
  }
  if (answer.status >= 500) return { result: "not_run", sentence: `The gateway answered ${answer.status}.` };
  return { result: "failed", sentence: `The gateway answered ${answer.status} to a made-up token.` };
}

export async function tryRevokedKey(round: Round, keys: RunnerKeys): Promise<Proved> {
  const origin = round.workplace.env.PILOTHOUSE_PLANE_URL;
  if (origin === undefined) return NO_PLANE;
  const body = JSON.stringify({
    version: 1,
    phases: ["agent"],
    tier: "strong",
    tierMissing: [],
    waitSeconds: 0,
  });
  const path = "/api/runner/v1/lease";
  const answer = await signed(round, { origin, method: "POST", path, runnerId: REVOKED_CANARY, keys, body });
  if (isRefused(answer)) {
    if (!/revoked/.test(answer.text))
      return {
        result: "not_run",
        sentence: "It was turned away for something else than that it is revoked.",
      };
    return { result: "holds", sentence: `The control plane answered ${answer.status}: it was revoked.` };
  }
  if (answer.status >= 500)
    return { result: "not_run", sentence: `The control plane answered ${answer.status}.` };
  return { result: "failed", sentence: `The control plane answered ${answer.status} to a revoked key.` };
}

const NO_PLANE: Proved = {
  result: "not_run",
  sentence: "The worker was not told where the web process is: PILOTHOUSE_PLANE_URL.",
};

export async function tryDeadSession({ workplace: { env } }: Round): Promise<Proved> {
  const origin = env.PILOTHOUSE_PLANE_URL;
  if (origin === undefined) return NO_PLANE;
  const name = sessionCookieName(new URL(env.PILOTHOUSE_URL));
  const cookies: Record<string, string>[] = [
    {},
    { cookie: `${name}=${randomBytes(200).toString("base64url")}` },
  ];
  const answers: string[] = [];
  for (const headers of cookies) {
    const page = await ask(`${origin}/log`, { headers });
    const stream = await ask(`${origin}/api/live`, { headers });
    answers.push(`${page.status} and ${stream.status}`);
    if (page.status >= 500 || stream.status >= 500)
      return { result: "not_run", sentence: `The web process answered ${page.status} and ${stream.status}.` };
    const isSentAway = page.status >= 300 && page.status < 400 && page.location.includes("/sign-in");
    if (!(isSentAway || isRefused(page)) || !isRefused(stream))
      return {
        result: "failed",
        sentence: `The web process answered ${page.status} and ${stream.status} without a session.`,
      };
  }
  return {
    result: "holds",
    sentence: `The web process sent a page's reader to sign in and refused its stream (${answers.join("; ")}).`,
  };
}
