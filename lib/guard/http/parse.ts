import type { z } from "zod";
import { AppError, badInput, type FieldErrors } from "../../errors.ts";

/** Sentences by the dotted path of the field they belong to; "" holds those about the whole. */
export function fieldErrors(error: z.ZodError): FieldErrors {
  const fields: FieldErrors = Object.create(null);
  for (const issue of error.issues) {
    const path = issue.path.map(String).join(".");
    fields[path] = [...(fields[path] ?? []), issue.message];
  }
  return { ...fields };
}

function sentence(fields: FieldErrors): string {
  const whole = fields[""];
  if (whole) return whole.join(" ");
  const count = Object.keys(fields).length;
  return count === 1 ? "One field needs a change." : `${count} fields need a change.`;
}

/** The input as its schema reads it; throws bad_input with the fields. */
export function parseInput<S extends z.ZodType>(schema: S, raw: unknown): z.infer<S> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const fields = fieldErrors(result.error);
  throw badInput(sentence(fields), fields);
}

/** For wire callers: one sentence that names every field. */
export function parseWire<S extends z.ZodType>(schema: S, raw: unknown): z.infer<S> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const fields = fieldErrors(result.error);
  const lines = Object.entries(fields).map(
    ([path, texts]) => `${path === "" ? "body" : path}: ${texts.join(", ")}`,
  );
  throw badInput(lines.join("; "), fields);
}

const HOSTILE = new Set(["__proto__", "prototype", "constructor"]);

interface Branch {
  [key: string]: Branch | string | string[];
}

/**
 * A form as an object: "controls.minutes" nests, a name that comes twice or ends in "[]" collects every value. Next's own
 * fields ("$ACTION_…") are left out.
 */
export function formObject(form: FormData): Branch {
  const root: Branch = {};
  for (const [name, value] of form) {
    if (name.startsWith("$ACTION")) continue;
    if (typeof value !== "string")
      throw new AppError("bad_input", `The field ${name} is a file; this form takes none.`);
    put(root, name, value);
  }
  return root;
}

function put(root: Branch, name: string, value: string): void {
  const many = name.endsWith("[]");
  const path = (many ? name.slice(0, -2) : name).split(".");
  const last = path.pop() ?? "";
  if ([...path, last].some((step) => HOSTILE.has(step)) || path.length > 8) {
    throw new AppError("bad_input", `There is no field “${name.slice(0, 100)}”.`);
  }
  let branch = root;
  for (const step of path) {
    const next = own(branch, step) ?? {};
    if (typeof next === "string" || Array.isArray(next)) throw twice(step);
    branch[step] = next;
    branch = next;
  }
  const before = own(branch, last);
  if (typeof before === "object" && !Array.isArray(before)) throw twice(last);
  if (many || before !== undefined) branch[last] = [...listOf(before), value];
  else branch[last] = value;
}

/** Not what every object inherits: a field may be called toString. */
const own = (branch: Branch, step: string) => (Object.hasOwn(branch, step) ? branch[step] : undefined);

const twice = (step: string) =>
  new AppError("bad_input", `The field “${step.slice(0, 100)}” is a value and a group at once.`);

function listOf(value: Branch[string] | undefined): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value : [];
}

const DEEPEST = 50;

/** Throws where a text holds what neither the database nor the record can: NUL, or half a character. */
export function refuseUnstorable(raw: unknown, path: readonly string[] = []): void {
  const place = path.length === 0 ? "The input" : `The field ${path.join(".").slice(0, 200)}`;
  if (typeof raw === "string" && (raw.includes("\0") || !raw.isWellFormed())) {
    throw badInput(`${place} holds a character that is no text.`);
  }
  if (typeof raw !== "object" || raw === null) return;
  if (path.length >= DEEPEST) throw badInput("The input is nested too deeply.");
  for (const [name, value] of Object.entries(raw)) {
    refuseUnstorable(name, path);
    refuseUnstorable(value, [...path, name]);
  }
}

const SECRET = /password|^again$|token|secret|key$/i;

/** What was typed, to fill the form again; never a secret. */
export function keptValues(raw: unknown): Record<string, unknown> {
  if (typeof raw !== "object" || raw === null) return {};
  return Object.fromEntries(Object.entries(raw).filter(([name]) => !SECRET.test(name)));
}
