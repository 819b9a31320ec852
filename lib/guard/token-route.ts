// Door of what programs and auditors ask: opened by a bearer token somebody gave them, or by a person's session. A request
// that shows a bearer token is the token's alone; no cookie beside it counts.
import type { z } from "zod";
import { type OpenToken, openToken } from "../api-tokens/open-token.ts";
import { apiToken } from "../api-tokens/rules.ts";
import { getLiveSession } from "../auth/sessions.ts";
import type { DoorPermission } from "../authz/rules.ts";
import { AppError } from "../errors.ts";
import { bearerToken, showsBearer } from "../log-access/rules.ts";
import type { Access, Reader } from "../log-access/schema.ts";
import { findAccessByToken, isAccessLive } from "../log-access/service.ts";
import { makeScope, type Scope } from "../scope.ts";
import {
  type Caller,
  type DoorRequest,
  doorRequest,
  openDoor,
  refusalOf,
  visitorOf,
  visitorScope,
  webLogger,
} from "./core.ts";
import { type Bearer, withDoor } from "./door.ts";
import { downloadHeaders, isDownload, streamOf } from "./http/download.ts";
import { createLimiter } from "./rate-limit.ts";
import {
  answer,
  type RouteContext,
  type RouteHandler,
  readInput,
  readParams,
  readQuery,
  refusalResponse,
} from "./route.ts";
import { admit, checkDeclaredLength } from "./rules.ts";

export interface TokenArguments<P, Q, I> {
  readonly scope: Scope;
  readonly reader: Reader;
  readonly params: P;
  readonly query: Q;
  readonly input: I;
}

export interface TokenRouteConfig<P extends z.ZodType, Q extends z.ZodType, I extends z.ZodType> {
  readonly permission: Exclude<DoorPermission, "public">;
  /** Whose tokens it takes: those of the log's auditors, those of programs. */
  readonly bearers: readonly Bearer[];
  /** Of the body; 0 where not a byte of it is read. */
  readonly maxBytes: number;
  readonly params?: P;
  readonly query?: Q;
  readonly input?: I;
  /** A Response as it is, a `Download` as a stream; undefined as 204; anything else as JSON. */
  readonly handler: (args: TokenArguments<z.infer<P>, z.infer<Q>, z.infer<I>>) => Promise<unknown> | unknown;
}

interface Passed {
  readonly scope: Scope;
  readonly reader: Reader;
  /** Asked again in the middle of a long answer. */
  readonly mayGoOn: () => Promise<boolean>;
}

const INVALID =
  "This access is unknown, has expired or was withdrawn. Ask whoever gave it to you for another one.";

export const TOKEN_REQUESTS = 240;
export const WRONG_TOKENS = 60;
const CALLERS = 10_000;

/** By token; and by address, for what opens nothing. */
const used = createLimiter({ perMinute: TOKEN_REQUESTS, callers: CALLERS });
const wrong = createLimiter({ perMinute: WRONG_TOKENS, callers: CALLERS });

function refuseTooMany(retryAfter: number | null): void {
  if (retryAfter === null) return;
  const sentence = "These are too many requests in a minute. Wait as long as the answer says.";
  throw new AppError("too_many", sentence, { retryAfter });
}

/** The scope of an auditor on what the access names; behind these doors alone. */
function accessScope({ requestId, clock }: DoorRequest, { id, pilotId }: Access): Scope {
  const actor = { kind: "system", name: id } as const;
  return makeScope({ actor, grants: [{ role: "auditor", pilotId }], requestId, clock });
}

function tokenScope({ requestId, clock }: DoorRequest, { personId, tokenId, grants }: OpenToken): Scope {
  return makeScope({ actor: { kind: "token", personId, tokenId }, grants, requestId, clock });
}

async function passByAccess(request: DoorRequest, header: string | null): Promise<Passed | null> {
  const token = bearerToken(header);
  const access = token === null ? null : await findAccessByToken(visitorScope(request), token);
  if (!access) return null;
  const scope = accessScope(request, access);
  return {
    scope,
    reader: { kind: "access", accessId: access.id, withBlobs: access.withBlobs },
    mayGoOn: () => isAccessLive(scope, access.id),
  };
}

async function passByToken(request: DoorRequest, header: string | null): Promise<Passed | null> {
  const token = apiToken(header);
  const opened = token === null ? null : await openToken(visitorScope(request), token);
  if (token === null || !opened) return null;
  refuseTooMany(used.take(opened.tokenId, request.clock.now()));
  const known = JSON.stringify(opened.grants);
  return {
    scope: tokenScope(request, opened),
    reader: { kind: "person", personId: opened.personId },
    async mayGoOn() {
      const live = await openToken(visitorScope(request), token);
      return live !== null && JSON.stringify(live.grants) === known;
    },
  };
}

const PASSES = { access: passByAccess, token: passByToken } as const;

interface TokenThreshold {
  readonly permission: Exclude<DoorPermission, "public">;
  readonly bearers: readonly Bearer[];
  readonly maxBytes: number;
}

async function passByBearer(
  request: DoorRequest,
  { permission, bearers, maxBytes }: TokenThreshold,
): Promise<Passed> {
  checkDeclaredLength(request.headers.get("content-length"), maxBytes);
  const { address } = visitorOf(request);
  refuseTooMany(wrong.waits(address, request.clock.now()));
  const header = request.headers.get("authorization");
  for (const bearer of bearers) {
    const passed = await PASSES[bearer](request, header);
    if (!passed) continue;
    admit({ permission, what: "address", grants: passed.scope.grants });
    return passed;
  }
  wrong.take(address, request.clock.now());
  throw new AppError("unauthenticated", INVALID);
}

function passedInPerson(request: DoorRequest, { scope, session }: Caller): Passed {
  if (!session) throw new AppError("unauthenticated", INVALID);
  const known = JSON.stringify(session.grants);
  return {
    scope,
    reader: { kind: "person", personId: session.person.id },
    async mayGoOn() {
      const live = await getLiveSession(visitorScope(request), session.sessionId);
      return live !== null && JSON.stringify(live.grants) === known;
    },
  };
}

function responseOf(value: unknown, { mayGoOn }: Passed, { requestId }: DoorRequest): Response {
  if (!isDownload(value)) return answer(value);
  const report = (error: unknown) => webLogger().warn({ err: error, requestId }, "a download broke off");
  return new Response(streamOf(value.texts, mayGoOn, report), { headers: downloadHeaders(value) });
}

function challenged(response: Response): Response {
  if (response.status === 401) response.headers.set("www-authenticate", "Bearer");
  return response;
}

export function tokenRoute<P extends z.ZodType, Q extends z.ZodType, I extends z.ZodType>(
  config: TokenRouteConfig<P, Q, I>,
): RouteHandler {
  const { permission, bearers, maxBytes, handler } = config;
  return withDoor(
    { kind: "token_route", permission, maxBytes, bearers },
    async (request: Request, context: RouteContext) => {
      const door = doorRequest(request.method, request.headers);
      const enter = async (passed: Passed) => {
        const params = await readParams(config.params, context);
        const query = readQuery(config.query, request);
        const input = await readInput(config.input, request, maxBytes);
        const { scope, reader } = passed;
        return responseOf(await handler({ scope, reader, params, query, input }), passed, door);
      };
      if (showsBearer(request.headers.get("authorization"))) {
        try {
          return await enter(await passByBearer(door, config));
        } catch (error) {
          return challenged(refusalResponse(await refusalOf(error, door)));
        }
      }
      const threshold = { permission, maxBytes, what: "address" };
      const outcome = await openDoor(door, threshold, (caller) => enter(passedInPerson(door, caller)));
      return outcome.ok ? outcome.value : challenged(refusalResponse(outcome.refusal));
    },
  );
}
