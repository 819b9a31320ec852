// Between the charter's form (texts, by dotted name) and the charter. Lists are one a line, the command one line.
import { z } from "zod";
import type { FieldErrors } from "../errors.ts";
import { joinWords, splitWords } from "./command-line.ts";
import { Charter, PilotName, TimeZone } from "./schema.ts";

type Field = "text" | "words" | "number" | "flag" | "lines" | "choices";

/** Every field of the form: its dotted path in the charter and how its text is read. */
export const CHARTER_FIELDS = {
  "goal.statement": "text",
  "goal.kind": "text",
  "scope.repositoryId": "text",
  "scope.branch": "text",
  "scope.allowedPaths": "lines",
  "scope.protectedPaths": "lines",
  "environment.testArgv": "words",
  "environment.reportPath": "text",
  "environment.harnessPaths": "lines",
  "environment.repeats": "number",
  "environment.minimumTier": "text",
  "environment.memoryMb": "number",
  "environment.diskMb": "number",
  "environment.cpus": "number",
  "environment.processes": "number",
  "environment.setupArgv": "words",
  "environment.setupHosts": "lines",
  "environment.setupPaths": "lines",
  "environment.setupScripts": "text",
  "controls.approverCount": "number",
  "controls.approverRoles": "choices",
  "controls.approvalHours": "number",
  "controls.maxRunMinutes": "number",
  "controls.maxAttempts": "number",
  "controls.maxConcurrentRuns": "number",
  "controls.extraApproverOnFlags": "flag",
  "controls.budgetRunCents": "number",
  "controls.budgetDayCents": "number",
  "controls.budgetPilotCents": "number",
  "controls.outboundSecret": "text",
  "controls.outboundCardNumber": "text",
  "controls.outboundEmail": "text",
  "controls.outboundIban": "text",
  "controls.outboundOwn": "text",
  "controls.ownPatterns": "lines",
  "controls.askMode": "text",
  "controls.allowedCommands": "lines",
  "controls.deniedCommands": "lines",
  "controls.unattended": "text",
  "controls.askMinutes": "number",
  "controls.driftPause": "number",
  "controls.anchorTurns": "number",
  "controls.anchorMinutes": "number",
  "controls.anchorTokens": "number",
  "kpis.throughputPerWeek": "number",
  "kpis.agentLeadTimeHours": "number",
  "kpis.reviewToMergeHours": "number",
  "kpis.minimumSample": "number",
  "rollback.pauseAfterFailedRuns": "number",
  "rollback.maxRuns": "number",
  "rollback.endsOn": "text",
} as const satisfies Record<string, Field>;

export type CharterField = keyof typeof CHARTER_FIELDS;
const FIELDS = Object.keys(CHARTER_FIELDS) as CharterField[];

/** What stands in the form: a text per field; the choices of a group as a list. */
export type FormValues = { readonly [name: string]: string | readonly string[] };

export type FormResult<T> =
  | { readonly ok: true; readonly value: T }
  /** Sentences by dotted field, and what was typed, to show again. */
  | { readonly ok: false; readonly fields: FieldErrors; readonly values: FormValues };

/** The texts of a submitted form; files are not read. Groups of checkboxes keep all their values. */
export function valuesOf(form: FormData): FormValues {
  const values: Record<string, string | string[]> = {};
  for (const name of new Set(form.keys())) {
    const texts = form.getAll(name).filter((value) => typeof value === "string");
    values[name] = fieldOf(name) === "choices" ? texts : (texts[0] ?? "");
  }
  return values;
}

const fieldOf = (name: string): Field | undefined =>
  Object.hasOwn(CHARTER_FIELDS, name) ? CHARTER_FIELDS[name as CharterField] : undefined;

/** Reads a charter's form. Never throws on what was typed. */
export function parseCharterForm(form: FormData | FormValues): FormResult<Charter> {
  const values = form instanceof FormData ? valuesOf(form) : form;
  return result(Charter.safeParse(read(values)), values);
}

/** Reads the form of a new pilot: the charter's fields with `name` and `timeZone`. */
export function parseNewPilotForm(
  form: FormData | FormValues,
): FormResult<{ name: string; timeZone: string; charter: Charter }> {
  const values = form instanceof FormData ? valuesOf(form) : form;
  const parsed = z.object({ name: PilotName, timeZone: TimeZone, charter: Charter }).safeParse({
    name: values.name,
    timeZone: values.timeZone,
    charter: read(values),
  });
  return result(parsed, values);
}

function result<T>(parsed: z.ZodSafeParseResult<T>, values: FormValues): FormResult<T> {
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, fields: fieldErrors(parsed.error), values };
}

/** Sentences by form field: list items are told at their list, and a sentence is told once. */
export function fieldErrors(error: z.ZodError): FieldErrors {
  const fields: FieldErrors = {};
  for (const issue of error.issues) {
    const path = issue.path.filter((part) => typeof part === "string");
    const name = (path[0] === "charter" ? path.slice(1) : path).join(".");
    const sentences = fields[name] ?? [];
    if (!sentences.includes(issue.message)) fields[name] = [...sentences, issue.message];
  }
  return fields;
}

/** The form's texts for a charter, such as the next version starts from. */
export function charterValues(charter: Charter): FormValues {
  const values: Record<string, string | string[]> = {};
  for (const name of FIELDS) values[name] = written(CHARTER_FIELDS[name], fieldOfCharter(charter, name));
  return values;
}

/** What stands in a charter at a field. */
export function fieldOfCharter(charter: Charter, name: CharterField): unknown {
  const [part = "", key = ""] = name.split(".");
  const parts: Record<string, Record<string, unknown>> = charter;
  return parts[part]?.[key];
}

function written(field: Field, value: unknown): string | string[] {
  switch (field) {
    case "text":
    case "number":
      return String(value);
    case "flag":
      return value === true ? "on" : "";
    case "words":
      return joinWords(value as readonly string[]);
    case "lines":
      return (value as readonly string[]).join("\n");
    case "choices":
      return [...(value as readonly string[])];
  }
}

function read(values: FormValues): Record<string, Record<string, unknown>> {
  const charter: Record<string, Record<string, unknown>> = {};
  for (const name of FIELDS) {
    const [part = "", key = ""] = name.split(".");
    charter[part] ??= {};
    charter[part][key] = typed(CHARTER_FIELDS[name], Object.hasOwn(values, name) ? values[name] : undefined);
  }
  return charter;
}

/** What the schema is asked about. An unreadable text stays unreadable, so that the schema's sentence answers it. */
function typed(field: Field, value: string | readonly string[] | undefined): unknown {
  const text = typeof value === "string" ? value.trim() : (value?.[0] ?? "").trim();
  switch (field) {
    case "text":
      return text === "" ? undefined : text;
    case "number":
      return /^-?[0-9]{1,12}$/.test(text) ? Number(text) : Number.NaN;
    case "flag":
      return text !== "" && text !== "off" && text !== "false";
    case "words":
      return splitWords(text) ?? undefined;
    case "lines":
      return text === ""
        ? []
        : text
            .split(/\r?\n/)
            .map((line) => line.trim())
            .filter((line) => line !== "");
    case "choices":
      return typeof value === "string" ? (text === "" ? [] : [text]) : [...(value ?? [])];
  }
}
