// Door of JSON routes.
import type { z } from "zod";
import type { DoorPermission } from "../authz/rules.ts";
import { type Caller, doorRequest, openDoor, type Refusal, type Threshold } from "./core.ts";
import { withDoor } from "./door.ts";
import { parseJson, readBody } from "./http/body.ts";
import { parseWire, refuseUnstorable } from "./http/parse.ts";

export interface RouteContext {
  readonly params: Promise<Record<string, string | string[] | undefined>>;
}

export type RouteHandler = (request: Request, context: RouteContext) => Promise<Response>;

export interface RouteArguments<P, Q, I> extends Caller {
  readonly params: P;
  readonly query: Q;
  readonly input: I;
  readonly request: Request;
}

export interface RouteConfig<P extends z.ZodType, Q extends z.ZodType, I extends z.ZodType> {
  readonly permission: DoorPermission;
  readonly maxBytes: number;
  readonly params?: P;
  readonly query?: Q;
  readonly input?: I;
  /** A Response as it is; undefined as 204; anything else as JSON. */
  readonly handler: (args: RouteArguments<z.infer<P>, z.infer<Q>, z.infer<I>>) => Promise<unknown> | unknown;
}

const NO_STORE = { "cache-control": "no-store" };

export function refusalResponse({
  status,
  code,
  title,
  message,
  fields,
  retryAfter,
  requestId,
}: Refusal): Response {
  const error = { code, title, message, ...(fields ? { fields } : {}), requestId };
  const headers = { ...NO_STORE, ...(retryAfter ? { "retry-after": String(retryAfter) } : {}) };
  return Response.json({ error }, { status, headers });
}

/** What a handler returned, as the answer. */
export function answer(value: unknown): Response {
  if (value instanceof Response) return value;
  if (value === undefined) return new Response(null, { status: 204, headers: NO_STORE });
  return Response.json(value, { headers: NO_STORE });
}

function readWire<S extends z.ZodType>(schema: S, raw: unknown): z.infer<S> {
  refuseUnstorable(raw);
  return parseWire(schema, raw);
}

/** Undefined where the route takes no such thing. */
export const readParams = async <S extends z.ZodType>(
  schema: S | undefined,
  context: RouteContext,
): Promise<z.infer<S>> => (schema ? readWire(schema, await context.params) : undefined) as z.infer<S>;

export const readQuery = <S extends z.ZodType>(schema: S | undefined, request: Request): z.infer<S> =>
  (schema
    ? readWire(schema, Object.fromEntries(new URL(request.url).searchParams))
    : undefined) as z.infer<S>;

export async function readInput<I extends z.ZodType>(
  schema: I | undefined,
  request: Request,
  maxBytes: number,
): Promise<z.infer<I>> {
  if (!schema) return undefined as z.infer<I>;
  return readWire(schema, parseJson(await readBody(request.body, maxBytes)));
}

export function route<P extends z.ZodType, Q extends z.ZodType, I extends z.ZodType>(
  config: RouteConfig<P, Q, I>,
): RouteHandler {
  const { permission, maxBytes } = config;
  const threshold: Threshold = { permission, maxBytes, what: "address" };
  return withDoor(
    { kind: "route", permission, maxBytes },
    async (request: Request, context: RouteContext) => {
      const outcome = await openDoor(
        doorRequest(request.method, request.headers),
        threshold,
        async (caller) => {
          const params = await readParams(config.params, context);
          const query = readQuery(config.query, request);
          const input = await readInput(config.input, request, maxBytes);
          return answer(await config.handler({ ...caller, params, query, input, request }));
        },
      );
      return outcome.ok ? outcome.value : refusalResponse(outcome.refusal);
    },
  );
}
