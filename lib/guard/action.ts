// Door of server actions. A form's action for useActionState, or called with its input from an event handler.
import { headers } from "next/headers";
import { unstable_rethrow } from "next/navigation";
import type { z } from "zod";
import type { DoorPermission } from "../authz/rules.ts";
import { AppError, type ErrorCode, type FieldErrors } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { type Caller, type DoorRequest, doorRequest, type Outcome, openDoor } from "./core.ts";
import { withDoor } from "./door.ts";
import { formObject, keptValues, parseInput, refuseUnstorable } from "./http/parse.ts";
import { tooLarge } from "./rules.ts";

/** Fits the state of a form: `error` is the sentence about the whole, `fields` stand beside theirs. */
export type ActionResult<T> =
  | { readonly ok: true; readonly value: T; readonly done?: string }
  | {
      readonly ok: false;
      readonly error: string;
      readonly code: ErrorCode;
      readonly title: string;
      readonly fields?: FieldErrors | undefined;
      readonly retryAfter?: number | undefined;
      /** Where somebody has to look into it; a mistake in a form is the person's own. */
      readonly requestId?: string;
      /** What was typed, without secrets. */
      readonly values: Record<string, unknown>;
    };

export interface Action<I, T> {
  (input?: I | FormData): Promise<ActionResult<T>>;
  (before: unknown, form: FormData): Promise<ActionResult<T>>;
}

export interface ActionArguments<I> extends Caller {
  readonly scope: Scope;
  readonly input: I;
}

export interface ActionConfig<S extends z.ZodType, T> {
  readonly permission: DoorPermission;
  /** Next itself stops at 1 MB. */
  readonly maxBytes: number;
  readonly input: S;
  /** A value with a string `done` says it in the form's answer. */
  readonly handler: (args: ActionArguments<z.infer<S>>) => Promise<T> | T;
}

function sizeOf(raw: unknown): number {
  if (raw instanceof FormData) {
    return [...raw].reduce(
      (sum, [name, value]) =>
        sum + name.length + (typeof value === "string" ? Buffer.byteLength(value) : value.size),
      0,
    );
  }
  try {
    return Buffer.byteLength(JSON.stringify(raw) ?? "");
  } catch (error) {
    throw new AppError("bad_input", "The input is not plain data.", { cause: error });
  }
}

/** The door without Next, for tests: `raw` is a form or an object. */
export async function runAction<S extends z.ZodType, T>(
  config: ActionConfig<S, T>,
  request: DoorRequest,
  raw: unknown,
  letThrough?: (error: unknown) => void,
): Promise<ActionResult<T>> {
  let typed: unknown = {};
  const outcome: Outcome<T> = await openDoor(
    request,
    config,
    async (caller) => {
      if (sizeOf(raw) > config.maxBytes) throw tooLarge(config.maxBytes);
      typed = raw instanceof FormData ? formObject(raw) : raw;
      refuseUnstorable(typed);
      return config.handler({ ...caller, input: parseInput(config.input, typed) });
    },
    letThrough,
  );
  if (outcome.ok) return { ok: true, value: outcome.value, ...doneOf(outcome.value) };
  const { message, status, requestId, code, title, fields, retryAfter } = outcome.refusal;
  const trace = status >= 500 ? { requestId } : {};
  return { ok: false, error: message, code, title, fields, retryAfter, ...trace, values: keptValues(typed) };
}

function doneOf(value: unknown): { done?: string } {
  const done = typeof value === "object" && value !== null && "done" in value ? value.done : undefined;
  return typeof done === "string" ? { done } : {};
}

export function action<S extends z.ZodType, T>(config: ActionConfig<S, T>): Action<z.input<S>, T> {
  const { permission, maxBytes } = config;
  const run = async (...args: unknown[]): Promise<ActionResult<T>> => {
    const request = doorRequest("POST", await headers());
    return runAction(config, request, args.length > 1 ? args[1] : (args[0] ?? {}), unstable_rethrow);
  };
  return withDoor({ kind: "action", permission, maxBytes }, run);
}
