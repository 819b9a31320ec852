// Between the charter's form (texts, by dotted name) and the charter. Lists are one a line, the command one line.
import { z } from "zod";
import type { FieldErrors } from "../errors.ts";
import type { Tripwire } from "../tripwires/schema.ts";
import { joinWords, splitWords } from "./command-line.ts";
import { contradictions } from "./contradictions.ts";
import { gateLine, hasGateControls, linesOfControls, ruleOfLine } from "./gate-lines.ts";
import type { OwnGateRule } from "./schema/gates.ts";
import type { Metric } from "./schema/goal.ts";
import { Charter, PilotName, TimeZone } from "./schema.ts";
import { readMetrics, writtenMetrics } from "./texts/metrics.ts";
import { wireFaults, wireOfLine, writtenWires } from "./texts/wires.ts";

/** A prose may be empty; a text may not. */
type Field =
  | "text"
  | "prose"
  | "words"
  | "number"
  | "flag"
  | "lines"
  | "choices"
  | "metrics"
  | "gates"
  | "wires";

/** Every field of the form: its dotted path in the charter and how its text is read. */
export const CHARTER_FIELDS = {
  "goal.statement": "text",
  "goal.problem": "prose",
  "goal.kind": "text",
  "goal.metrics": "metrics",
  "goal.runsPerWeek": "number",
  "goal.baselineDays": "number",
  "scope.repositoryId": "text",
  "scope.branch": "text",
  "scope.repositoryLabels": "lines",
  "scope.forbiddenLabels": "lines",
  "scope.kinds": "choices",
  "scope.allowedPaths": "lines",
  "scope.protectedPaths": "lines",
  "scope.protectedClasses": "choices",
  "scope.forbiddenPaths": "lines",
  "scope.licences": "lines",
  "scope.maxFiles": "number",
  "scope.maxChangedLines": "number",
  "environment.testArgv": "words",
  "environment.reportPath": "text",
  "environment.harnessPaths": "lines",
  "environment.repeats": "number",
  "environment.setupMinutes": "number",
  "environment.agentMinutes": "number",
  "environment.verifyMinutes": "number",
  "environment.minimumTier": "text",
  "environment.memoryMb": "number",
  "environment.diskMb": "number",
  "environment.cpus": "number",
  "environment.processes": "number",
  "environment.setupArgv": "words",
  "environment.setupHosts": "lines",
  "environment.setupPaths": "lines",
  "environment.setupScripts": "text",
  "environment.artefactPaths": "lines",
  "environment.artefactCount": "number",
  "environment.artefactMb": "number",
  "environment.artefactDays": "number",
  "controls.launchers": "choices",
  "controls.breakGlass": "choices",
  "controls.agents": "choices",
  "controls.models": "lines",
  "controls.workDays": "choices",
  "controls.workFrom": "text",
  "controls.workTo": "text",
  "controls.approvalClock": "text",
  "controls.approverCount": "number",
  "controls.approverRoles": "choices",
  "controls.approvalHours": "number",
  "controls.protectedApproverRole": "text",
  "controls.requiredChecks": "lines",
  "controls.canary": "text",
  "controls.gates": "gates",
  "controls.maxRunMinutes": "number",
  "controls.maxAttempts": "number",
  "controls.maxConcurrentRuns": "number",
  "controls.extraApproverOnFlags": "flag",
  "controls.stepUp": "text",
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
  "controls.toolRead": "text",
  "controls.readGuardedPaths": "lines",
  "controls.toolWrite": "text",
  "controls.toolExecute": "text",
  "controls.toolNetwork": "text",
  "controls.allowedCommands": "lines",
  "controls.deniedCommands": "lines",
  "controls.unattended": "text",
  "controls.askMinutes": "number",
  "controls.driftPause": "number",
  "controls.anchorTurns": "number",
  "controls.anchorMinutes": "number",
  "controls.anchorTokens": "number",
  "kpis.owners": "choices",
  "kpis.deputies": "choices",
  "kpis.cadence": "text",
  "kpis.retentionDays": "number",
  "kpis.minimumSample": "number",
  "rollback.exitCriteria": "choices",
  "rollback.pauseAfterFailedRuns": "number",
  "rollback.onFailedRuns": "text",
  "rollback.tripwires": "wires",
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
    const texts = textsOf(form, name);
    const isGroup = KEEPS_ALL.includes(fieldOf(name) ?? "") || hasGateControls([name]);
    values[name] = isGroup ? texts : (texts[0] ?? "");
  }
  return withGateLines(values);
}

/** The controls of single gates as the lines they stand for. */
function withGateLines(values: FormValues): FormValues {
  const names = Object.keys(values);
  if (!hasGateControls(names)) return values;
  const others = names.filter((name) => !hasGateControls([name]));
  const gates = linesOfControls((name) => [values[name] ?? []].flat());
  return { ...Object.fromEntries(others.map((name) => [name, values[name] ?? ""])), "controls.gates": gates };
}

const textsOf = (form: FormData, name: string): string[] =>
  form.getAll(name).filter((value) => typeof value === "string");

const KEEPS_ALL: readonly string[] = ["choices", "metrics"];

const fieldOf = (name: string): Field | undefined =>
  Object.hasOwn(CHARTER_FIELDS, name) ? CHARTER_FIELDS[name as CharterField] : undefined;

/** Reads a charter's form. Never throws on what was typed. */
export function parseCharterForm(form: FormData | FormValues): FormResult<Charter> {
  const values = form instanceof FormData ? valuesOf(form) : withGateLines(form);
  return result(Charter.safeParse(read(values)), values, (charter) => charter);
}

/** Reads the form of a new pilot: the charter's fields with `name` and `timeZone`. */
export function parseNewPilotForm(
  form: FormData | FormValues,
): FormResult<{ name: string; timeZone: string; charter: Charter }> {
  const values = form instanceof FormData ? valuesOf(form) : withGateLines(form);
  const parsed = z.object({ name: PilotName, timeZone: TimeZone, charter: Charter }).safeParse({
    name: values.name,
    timeZone: values.timeZone,
    charter: read(values),
  });
  return result(parsed, values, ({ charter }) => charter);
}

function result<T>(
  parsed: z.ZodSafeParseResult<T>,
  values: FormValues,
  charterOf: (value: T) => Charter,
): FormResult<T> {
  if (!parsed.success)
    return { ok: false, fields: { ...fieldErrors(parsed.error), ...wireFaults(values) }, values };
  const fields = contradictions(charterOf(parsed.data));
  return Object.keys(fields).length === 0 ? { ok: true, value: parsed.data } : { ok: false, fields, values };
}

/** Sentences by form field: list items are told at their list, and a sentence is told once. */
export function fieldErrors(error: z.ZodError): FieldErrors {
  const fields: FieldErrors = {};
  for (const issue of error.issues) {
    const path = issue.path.filter((part) => typeof part === "string");
    // What stands in a list of parts is told at the list.
    const name = (path[0] === "charter" ? path.slice(1) : path).slice(0, 2).join(".");
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
    case "prose":
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
    case "gates":
      return (value as readonly OwnGateRule[]).map(gateLine).join("\n");
    case "wires":
      return writtenWires(value as readonly Tripwire[]);
    case "metrics":
      return writtenMetrics(value as readonly Metric[]);
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
    case "prose":
      return text;
    case "number":
      return /^-?[0-9]{1,12}$/.test(text) ? Number(text) : Number.NaN;
    case "flag":
      return text !== "" && text !== "off" && text !== "false";
    case "words":
      return splitWords(text) ?? undefined;
    case "lines":
      return linesIn(text);
    case "gates":
      return linesIn(text).map(ruleOfLine);
    case "wires":
      return linesIn(text).map(wireOfLine);
    case "metrics":
      return readMetrics(typeof value === "string" ? [] : (value ?? []));
    case "choices":
      return typeof value === "string" ? (text === "" ? [] : [text]) : [...(value ?? [])];
  }
}

const linesIn = (text: string): string[] => text.split(/\r?\n/).flatMap((line) => line.trim() || []);
