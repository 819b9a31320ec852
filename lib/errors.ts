/** Every refusal a user can meet is one of these codes; the table is the only place that knows status and title. */
const CODES = {
  bad_input: { status: 400, title: "That input is not usable" },
  unauthenticated: { status: 401, title: "Sign in first" },
  forbidden: { status: 403, title: "Not permitted" },
  not_found: { status: 404, title: "Not found" },
  conflict: { status: 409, title: "Somebody was faster" },
  fenced: { status: 409, title: "This lease is over" },
  expired: { status: 410, title: "Expired" },
  too_large: { status: 413, title: "Too large" },
  refused: { status: 422, title: "Refused" },
  too_many: { status: 429, title: "Too many attempts" },
  unavailable: { status: 503, title: "Not available now" },
  unexpected: { status: 500, title: "Something went wrong" },
} as const;

export type ErrorCode = keyof typeof CODES;

/** Whether a text from the wire is one of our codes. */
export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(CODES, text);

export type FieldErrors = Record<string, string[]>;

interface AppErrorOptions {
  readonly cause?: unknown;
  /** Path of the form field ("controls.maxMinutes") → sentences to show beside it. */
  readonly fields?: FieldErrors;
  /** Seconds the caller should wait. */
  readonly retryAfter?: number;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fields: FieldErrors | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.fields = options.fields;
    this.retryAfter = options.retryAfter;
  }

  get status(): number {
    return CODES[this.code].status;
  }

  get title(): string {
    return CODES[this.code].title;
  }
}

export const badInput = (message: string, fields?: FieldErrors) =>
  new AppError("bad_input", message, { fields });
export const notFound = (what: string) =>
  new AppError("not_found", `There is no such ${what}, or you may not see it.`);
export const forbidden = (message: string) => new AppError("forbidden", message);
export const conflict = (message: string) => new AppError("conflict", message);
export const refused = (message: string, fields?: FieldErrors) =>
  new AppError("refused", message, { fields });
export const fenced = (message: string) => new AppError("fenced", message);
export const unavailable = (message: string, cause?: unknown) =>
  new AppError("unavailable", message, { cause });

/** The message of anything thrown; for logs and for sentences that quote a tool. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
