// Everything the gateway refuses or fails with is one of these, told in the error form of the API that was asked. A
// client must stop at once on what no repetition helps: Codex does so on 400 and repeats 401, 402 and 403; Claude Code
// stops on 402 and repeats 429 up to ten times.
import { AppError, messageOf } from "#lib/errors.ts";
import { CallRefused } from "#lib/model-calls/refusal.ts";
import type { Api, RefusalReason } from "#lib/model-calls/schema.ts";

interface Form {
  readonly status: number;
  /** Where Messages is answered otherwise. */
  readonly messagesStatus?: number;
  /** `error.type` of both families. */
  readonly type: string;
}

const FORMS = {
  bad_request: { status: 400, type: "invalid_request_error" },
  policy_refused: { status: 400, type: "invalid_request_error" },
  budget_spent: { status: 400, messagesStatus: 402, type: "billing_error" },
  no_price: { status: 400, messagesStatus: 402, type: "billing_error" },
  stopped: { status: 400, messagesStatus: 402, type: "permission_error" },
  forbidden: { status: 403, type: "permission_error" },
  unauthenticated: { status: 401, type: "authentication_error" },
  not_found: { status: 404, type: "not_found_error" },
  length_required: { status: 411, type: "invalid_request_error" },
  too_large: { status: 413, type: "request_too_large" },
  encoding_refused: { status: 415, type: "invalid_request_error" },
  upgrade_refused: { status: 426, type: "invalid_request_error" },
  queue_full: { status: 429, type: "rate_limit_error" },
  unexpected: { status: 500, type: "api_error" },
  upstream_failed: { status: 502, type: "api_error" },
  unavailable: { status: 503, type: "overloaded_error" },
  upstream_timeout: { status: 504, type: "timeout_error" },
} as const satisfies Record<string, Form>;

export type ProblemCode = keyof typeof FORMS;

export class Problem extends Error {
  readonly code: ProblemCode;
  /** Seconds after which asking again makes sense. */
  readonly retryAfter: number | undefined;

  constructor(code: ProblemCode, sentence: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(sentence, { cause: options.cause });
    this.name = "Problem";
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** `api` null: asked of no API we know, answered in OpenAI's form. */
export function answerOf(problem: Problem, api: Api | null): Answer {
  const form: Form = FORMS[problem.code];
  const { message, code, retryAfter } = problem;
  const error =
    api === "messages"
      ? { type: "error", error: { type: form.type, message, code } }
      : { error: { message, type: form.type, param: null, code } };
  const body = Buffer.from(JSON.stringify(error));
  return {
    status: (api === "messages" ? form.messagesStatus : undefined) ?? form.status,
    headers: {
      "content-type": "application/json",
      "content-length": String(body.length),
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    },
    body,
  };
}

/** What a refusal of ours is called at this door. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof AppError)) {
    const sentence = "This failed and should not have. The operator finds the reason in the gateway's log.";
    return new Problem("unexpected", sentence, { cause: error });
  }
  const options = {
    cause: error,
    ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
  };
  return new Problem(codeOf(error), messageOf(error), options);
}

/** What stands in the way of every call of the run is told so that its client does not try again. */
const BY_REASON: Partial<Readonly<Record<RefusalReason, ProblemCode>>> = {
  token_of_another_runner: "forbidden",
  run_not_working: "stopped",
  pilot_not_active: "stopped",
  stopped: "stopped",
  agent_without_model: "stopped",
  provider_disabled: "stopped",
  no_key: "stopped",
  no_price: "no_price",
};

function codeOf(error: AppError): ProblemCode {
  const known = error instanceof CallRefused ? BY_REASON[error.reason] : undefined;
  if (known) return known;
  switch (error.code) {
    case "unauthenticated":
      return "unauthenticated";
    case "forbidden":
    case "fenced":
    case "expired":
      return "forbidden";
    case "not_found":
      return "not_found";
    case "too_large":
      return "too_large";
    case "too_many":
      return "queue_full";
    case "unavailable":
      return "unavailable";
    case "bad_input":
      return "bad_request";
    case "conflict":
    case "refused":
      return "policy_refused";
    case "unexpected":
      return "unexpected";
  }
}
