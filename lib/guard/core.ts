// The one way in. Order: size → authenticate → permission → (the door's own) parse → handler → render. Knows
// nothing of Next; each door brings a request and turns the outcome into its medium.
import { UNATTENDED_COOKIE } from "#components/shell/attended.ts";
import { hostOf } from "../auth/rules.ts";
import type { Visitor } from "../auth/schema.ts";
import { cookieValue, openSession, sessionCookie } from "../auth/session-token.ts";
import { type LiveSession, noteSeen } from "../auth/sessions.ts";
import { authSettings } from "../auth/settings.ts";
import { type DoorPermission, PermissionDenied } from "../authz/rules.ts";
import { type Clock, systemClock } from "../clock.ts";
import { webEnv } from "../env.ts";
import { AppError, type ErrorCode, type FieldErrors } from "../errors.ts";
import { createLogger, type Logger } from "../logger.ts";
import { askSentence } from "../people/service.ts";
import { type Actor, makeScope, type Scope } from "../scope.ts";
import { checkedSession } from "../sso/check.ts";
import { requestIdOf, socketAddressOf } from "./http/exchange.ts";
import { admit, callerAddress, checkDeclaredLength, foreignOrigin } from "./rules.ts";

export interface DoorRequest {
  readonly method: string;
  readonly headers: { get(name: string): string | null };
  readonly requestId: string;
  readonly clock: Clock;
  /** A page asks by itself, and nobody need be there: it does not keep a session from idling. */
  readonly unattended?: boolean;
}

export interface Caller {
  readonly scope: Scope;
  /** Null: nobody is signed in. */
  readonly session: LiveSession | null;
  readonly visitor: Visitor;
}

export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly title: string;
  readonly message: string;
  readonly fields?: FieldErrors | undefined;
  readonly retryAfter?: number | undefined;
  readonly requestId: string;
  /** Where a page leads instead of saying why not. */
  readonly leadTo?: string | undefined;
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal };

export interface Threshold {
  readonly permission: DoorPermission;
  readonly maxBytes: number;
  readonly pilotId?: string | undefined;
  /** What is not there for who is no member: "run". */
  readonly what?: string | undefined;
}

/** For requests of Next's and of tests alike. */
export function doorRequest(
  method: string,
  headers: DoorRequest["headers"],
  clock: Clock = systemClock,
): DoorRequest {
  return { method, headers, clock, requestId: requestIdOf(headers) };
}

export function visitorOf({ headers }: DoorRequest): Visitor {
  const hops = webEnv().PILOTHOUSE_PROXY_HOPS;
  const address = callerAddress(socketAddressOf(headers), headers.get("x-forwarded-for"), hops);
  return { address: hostOf(address), userAgent: headers.get("user-agent") ?? "" };
}

/** A scope for who has shown nothing yet. */
export function visitorScope({ requestId, clock }: DoorRequest): Scope {
  return makeScope({ actor: { kind: "system", name: "visitor" }, grants: [], requestId, clock });
}

/** A scope for a runner whose signature was checked. */
export function runnerScope({ requestId, clock }: DoorRequest, runnerId: string): Scope {
  return makeScope({ actor: { kind: "runner", runnerId }, grants: [], requestId, clock });
}

async function liveSessionOf(request: DoorRequest): Promise<LiveSession | null> {
  const settings = authSettings();
  const token = cookieValue(request.headers.get("cookie"), sessionCookie(settings.url).name);
  const sessionId = token ? await openSession(token, settings) : null;
  if (sessionId === null) return null;
  const scope = visitorScope(request);
  const session = await checkedSession(scope, sessionId);
  const isAway = cookieValue(request.headers.get("cookie"), UNATTENDED_COOKIE) !== null;
  if (session && !request.unattended && !isAway) await noteSeen(scope, session);
  return session;
}

async function identify(request: DoorRequest): Promise<Caller> {
  const session = await liveSessionOf(request);
  const visitor = visitorOf(request);
  if (!session) return { scope: visitorScope(request), session, visitor };
  const actor: Actor = { kind: "user", personId: session.person.id, sessionId: session.sessionId };
  const { requestId, clock } = request;
  return { scope: makeScope({ actor, grants: session.grants, requestId, clock }), session, visitor };
}

// One look at the session per request object: layout and page of one render share theirs.
const identified = new WeakMap<DoorRequest, Promise<Caller>>();

export function callerOf(request: DoorRequest): Promise<Caller> {
  const known = identified.get(request);
  if (known) return known;
  const caller = identify(request);
  identified.set(request, caller);
  return caller;
}

function refuseForeign(request: DoorRequest, signedIn: boolean): void {
  const { method, headers } = request;
  const foreign = foreignOrigin({
    method,
    origin: headers.get("origin"),
    fetchSite: headers.get("sec-fetch-site"),
    host: headers.get("host"),
    ownOrigin: authSettings().url.origin,
    signedIn,
  });
  if (foreign !== null)
    throw new AppError("forbidden", `${foreign} Open Pilothouse at its own address and try again.`);
}

/** Size, then who it is, then whether they may. Throws the refusal. */
async function pass(request: DoorRequest, threshold: Threshold): Promise<Caller> {
  checkDeclaredLength(request.headers.get("content-length"), threshold.maxBytes);
  const caller = await callerOf(request);
  refuseForeign(request, caller.session !== null);
  const { permission, pilotId, what = "page" } = threshold;
  if (caller.session?.mustEnrol && permission !== "public" && permission !== "signed_in")
    throw new EnrolFirst();
  admit({ permission, pilotId, what, grants: caller.session?.grants ?? null });
  return caller;
}

/** Errors that are Next's own control flow are thrown on by `letThrough`. */
export async function openDoor<T>(
  request: DoorRequest,
  threshold: Threshold,
  walk: (caller: Caller) => Promise<T> | T,
  letThrough: (error: unknown) => void = () => undefined,
): Promise<Outcome<T>> {
  try {
    const caller = await pass(request, threshold);
    return { ok: true, value: await walk(caller) };
  } catch (error) {
    letThrough(error);
    return { ok: false, refusal: await refusalOf(error, request) };
  }
}

/** Whoever decides has to set up a second step, and can do nothing else before. */
class EnrolFirst extends AppError {
  constructor() {
    super("forbidden", "Set up a second step of signing in first, on the page of your sign-in.");
  }
}

const holder = globalThis as { pilothouseWebLogger?: Logger };
export function webLogger(): Logger {
  holder.pilothouseWebLogger ??= createLogger("web");
  return holder.pilothouseWebLogger;
}

/** What a user is told of an error: the one place. Unexpected ones go to the diagnostics under the request's id. */
export async function refusalOf(error: unknown, request: DoorRequest): Promise<Refusal> {
  const { requestId } = request;
  const known = error instanceof AppError ? error : unexpected(error, requestId);
  if (known === error && known.status >= 500) {
    webLogger().warn({ err: error, requestId }, "a request was refused for a fault of ours");
  }
  const ask = known instanceof PermissionDenied ? await askFor(known, request) : "";
  return {
    status: known.status,
    code: known.code,
    title: known.title,
    message: ask === "" ? known.message : `${known.message} ${ask}`,
    fields: known.fields,
    retryAfter: known.retryAfter,
    requestId,
    leadTo: known instanceof EnrolFirst ? "/settings/sign-in" : undefined,
  };
}

function unexpected(error: unknown, requestId: string): AppError {
  webLogger().error({ err: error, requestId }, "unexpected error at a door");
  return new AppError(
    "unexpected",
    "This failed and should not have. The operator finds the reason under the request’s number.",
  );
}

async function askFor(denied: PermissionDenied, request: DoorRequest): Promise<string> {
  try {
    return await askSentence(visitorScope(request), denied.permission, denied.pilotId);
  } catch (error) {
    webLogger().error({ err: error, requestId: request.requestId }, "cannot say whom to ask");
    return "";
  }
}
