// Door of what auditors follow: opened by a bearer token somebody gave them, or by a person's session. A request that
// shows a bearer token is the token's alone; no cookie beside it counts.
import type { z } from "zod";
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
  visitorScope,
  webLogger,
} from "./core.ts";
import { withDoor } from "./door.ts";
import { downloadHeaders, isDownload, streamOf } from "./http/download.ts";
import {
  answer,
  type RouteContext,
  type RouteHandler,
  readParams,
  readQuery,
  refusalResponse,
} from "./route.ts";
import { admit, checkDeclaredLength } from "./rules.ts";

export interface TokenArguments<P, Q> {
  readonly scope: Scope;
  readonly reader: Reader;
  readonly params: P;
  readonly query: Q;
}

export interface TokenRouteConfig<P extends z.ZodType, Q extends z.ZodType> {
  readonly permission: Exclude<DoorPermission, "public">;
  /** Of the body, of which none of these doors reads a byte. */
  readonly maxBytes: number;
  readonly params?: P;
  readonly query?: Q;
  /** A Response as it is, a `Download` as a stream; undefined as 204; anything else as JSON. */
  readonly handler: (args: TokenArguments<z.infer<P>, z.infer<Q>>) => Promise<unknown> | unknown;
}

interface Passed {
  readonly scope: Scope;
  readonly reader: Reader;
  /** Asked again in the middle of a long answer. */
  readonly mayGoOn: () => Promise<boolean>;
}

const INVALID =
  "This access is unknown, has expired or was withdrawn. Ask whoever gave it to you for another one.";

/** The scope of an auditor on what the access names; behind these doors alone. */
function accessScope({ requestId, clock }: DoorRequest, { id, pilotId }: Access): Scope {
  const actor = { kind: "system", name: id } as const;
  return makeScope({ actor, grants: [{ role: "auditor", pilotId }], requestId, clock });
}

async function passByToken(
  request: DoorRequest,
  { permission, maxBytes }: Pick<TokenRouteConfig<z.ZodType, z.ZodType>, "permission" | "maxBytes">,
): Promise<Passed> {
  checkDeclaredLength(request.headers.get("content-length"), maxBytes);
  const token = bearerToken(request.headers.get("authorization"));
  const access = token === null ? null : await findAccessByToken(visitorScope(request), token);
  if (!access) throw new AppError("unauthenticated", INVALID);
  const scope = accessScope(request, access);
  admit({ permission, what: "address", grants: scope.grants });
  return {
    scope,
    reader: { kind: "access", accessId: access.id, withBlobs: access.withBlobs },
    mayGoOn: () => isAccessLive(scope, access.id),
  };
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

export function tokenRoute<P extends z.ZodType, Q extends z.ZodType>(
  config: TokenRouteConfig<P, Q>,
): RouteHandler {
  const { permission, maxBytes, handler } = config;
  return withDoor(
    { kind: "token_route", permission, maxBytes },
    async (request: Request, context: RouteContext) => {
      const door = doorRequest(request.method, request.headers);
      const enter = async (passed: Passed) => {
        const params = await readParams(config.params, context);
        const query = readQuery(config.query, request);
        const { scope, reader } = passed;
        return responseOf(await handler({ scope, reader, params, query }), passed, door);
      };
      if (showsBearer(request.headers.get("authorization"))) {
        try {
          return await enter(await passByToken(door, config));
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
