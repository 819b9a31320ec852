// What stands at each field of a charter, as a person reads it. Pure.
import { ROLE_NAMES } from "#lib/authz/schema.ts";
import { metricText } from "#lib/kpis/metric-rules.ts";
import { CRITERION_NAMES } from "#lib/pilots/exit-rules.ts";
import { CHARTER_FIELDS, type CharterField, charterValues } from "#lib/pilots/form.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { CENT } from "#lib/prices/rules.ts";
import { formatCount, formatMicros, plural } from "../format.ts";
import { CADENCES, CLASS_NAMES, TRIPS } from "./limit-words.ts";

export interface FieldValue {
  /** Each stands in a line of its own. */
  readonly lines: readonly string[];
  /** Written by somebody in a notation: paths, commands, patterns. */
  readonly isCode: boolean;
  /** Nothing was said: `lines` say what that means. */
  readonly isNothing: boolean;
}

/** What an empty list, an empty text or 0 means; where nothing stands here it means just that. */
const NOTHING: Readonly<Partial<Record<CharterField, string>>> = {
  "goal.metrics": "none",
  "goal.runsPerWeek": "nobody said",
  "goal.baselineDays": "none",
  "scope.kinds": "that of the goal alone",
  "scope.licences": "any",
  "controls.requiredChecks": "none",
  "rollback.tripwires": "none",
  "scope.maxFiles": "no limit of the charter's",
  "scope.maxChangedLines": "no limit of the charter's",
  "environment.setupMinutes": "as long as an attempt",
  "environment.agentMinutes": "as long as an attempt",
  "environment.verifyMinutes": "as long as an attempt",
  "environment.setupArgv": "no setup",
  "environment.artefactPaths": "none",
  "controls.launchers": "everybody whose role may launch",
  "controls.breakGlass": "nobody",
  "controls.agents": "any",
  "controls.models": "any",
  "controls.workDays": "every day, at any hour",
  "controls.driftPause": "never",
  "controls.anchorTurns": "never",
  "controls.anchorMinutes": "never",
  "controls.anchorTokens": "never",
  "kpis.owners": "nobody: whoever may amend it",
  "kpis.deputies": "nobody",
  "kpis.retentionDays": "as it is set on the pilot",
};

const WORDS: Readonly<Record<string, string>> = {
  ...ROLE_NAMES,
  ...CLASS_NAMES,
  ...CRITERION_NAMES,
};
const wordOf = (text: string): string =>
  Object.hasOwn(WORDS, text) ? (WORDS[text] ?? text) : text.replaceAll(/_(?=[a-z]+(?:_|$))/g, " ");

/** Texts whose words are the schema's own. */
const CLOSED: readonly CharterField[] = [
  ...(["goal.kind", "environment.minimumTier", "environment.setupScripts"] as const),
  ...(["controls.approvalClock", "controls.protectedApproverRole", "controls.stepUp"] as const),
  ...(["controls.outboundSecret", "controls.outboundCardNumber", "controls.outboundEmail"] as const),
  ...(["controls.outboundIban", "controls.outboundOwn", "controls.askMode"] as const),
  ...(["controls.toolRead", "controls.canary"] as const),
  ...(["controls.toolWrite", "controls.toolExecute", "controls.toolNetwork", "controls.unattended"] as const),
];

const isCents = (field: CharterField): boolean => field.endsWith("Cents");

/** `names`: of people, agents and repositories, by their ids; one that is not there is called by its id. */
export function fieldValue(
  field: CharterField,
  charter: Charter,
  names: Readonly<Record<string, string>>,
): FieldValue {
  const kind = CHARTER_FIELDS[field];
  const said = linesOf(field, charter);
  const isNothing = said.length === 0 || (kind === "number" && said[0] === "0" && field in NOTHING);
  if (isNothing) return { lines: [NOTHING[field] ?? "none"], isCode: false, isNothing };
  const named = (text: string) => (Object.hasOwn(names, text) ? (names[text] ?? text) : text);
  switch (kind) {
    case "flag":
      return { lines: [said[0] === "on" ? "yes" : "no"], isCode: false, isNothing };
    case "number":
      return { lines: [numberIn(field, Number(said[0]))], isCode: false, isNothing };
    case "choices":
      return {
        lines: said.map((text) => (Object.hasOwn(names, text) ? named(text) : wordOf(text))),
        isCode: false,
        isNothing,
      };
    case "metrics":
    case "prose":
      return { lines: said, isCode: false, isNothing };
    case "text":
      if (field === "kpis.cadence")
        return { lines: [CADENCES[charter.kpis.cadence]], isCode: false, isNothing };
      if (field === "rollback.onFailedRuns")
        return { lines: [TRIPS[charter.rollback.onFailedRuns]], isCode: false, isNothing };
      if (CLOSED.includes(field)) return { lines: said.map(wordOf), isCode: false, isNothing };
      return { lines: said.map(named), isCode: field !== "goal.statement", isNothing };
    default:
      return { lines: said, isCode: true, isNothing };
  }
}

function linesOf(field: CharterField, charter: Charter): readonly string[] {
  if (field === "goal.metrics") return charter.goal.metrics.map(metricText);
  const value = charterValues(charter)[field] ?? "";
  if (CHARTER_FIELDS[field] === "flag") return [value === "on" ? "on" : "off"];
  if (typeof value !== "string") return value;
  return value === "" ? [] : value.split("\n");
}

const numberIn = (field: CharterField, value: number): string => {
  if (isCents(field)) return `${formatCount(value)} (${formatMicros(value * CENT)})`;
  if (field.endsWith("Minutes")) return plural(value, "minute");
  if (field.endsWith("Hours")) return plural(value, "hour");
  if (field.endsWith("Days")) return plural(value, "day");
  return formatCount(value);
};
