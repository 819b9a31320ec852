// A charter read from a file that anybody may have written: YAML 1.2 or JSON, without anchors, tags and repeated keys.
import {
  type Document,
  type ErrorCode,
  isAlias,
  isNode,
  isScalar as isScalarNode,
  LineCounter,
  type ParsedNode,
  parseDocument,
  visit,
} from "yaml";
import type { z } from "zod";
import { joinWords } from "../pilots/command-line.ts";
import { contradictions } from "../pilots/contradictions.ts";
import { CHARTER_FIELDS, type CharterField, type FormValues } from "../pilots/form.ts";
import { gateLine } from "../pilots/gate-lines.ts";
import { GateRules } from "../pilots/schema/gates.ts";
import { writtenWires } from "../pilots/texts/wires.ts";
import { Tripwires } from "../tripwires/schema.ts";
import { CharterFile } from "./file-schema.ts";
import type { NamedCharter } from "./write-file.ts";

export const MOST_CHARACTERS = 200_000;

export interface FileProblem {
  /** Of the file, from 1; null where it belongs to none. */
  readonly line: number | null;
  /** Dotted path of the field; empty for the file as a whole. */
  readonly field: string;
  readonly sentence: string;
}

export type ReadFile =
  | { readonly ok: true; readonly value: NamedCharter }
  /** `values`: what could be read of it, as the form's texts. */
  | { readonly ok: false; readonly problems: readonly FileProblem[]; readonly values: FormValues };

const MOST_PROBLEMS = 20;
const refused = (sentence: string): ReadFile => ({
  ok: false,
  problems: [{ line: null, field: "", sentence }],
  values: {},
});

/** What may be read of a file, and of a longer one enough to be refused for its length. */
export const textOfFile = (file: Blob): Promise<string> => file.slice(0, 4 * (MOST_CHARACTERS + 1)).text();

/** Never throws on what the text holds. */
export function readCharterFile(text: string): ReadFile {
  if (text.length > MOST_CHARACTERS)
    return refused(`The file has more than ${MOST_CHARACTERS.toLocaleString("en")} characters.`);
  if (text.trim() === "") return refused("There is nothing in it.");
  const lines = new LineCounter();
  const keys = comparedKeys();
  try {
    const document = parseDocument(text, { ...OPTIONS, uniqueKeys: keys.isSame, lineCounter: lines });
    return keys.areTooMany() ? refused(TOO_MANY) : readDocument(document, lines);
  } catch (error) {
    if (keys.areTooMany()) return refused(TOO_MANY);
    // Far deeper than any charter: the parser calls itself for each level.
    if (error instanceof RangeError) return refused(TOO_DEEP);
    throw error;
  }
}

const TOO_DEEP = "The file is nested too deeply to be a charter.";

const TOO_MANY = "The file has far more fields than a charter.";

/** Of all maps together. Each key is compared with all before it, so this bounds the time that they take. */
const MOST_COMPARED = 20_000;

function comparedKeys() {
  let compared = 0;
  const areTooMany = () => compared > MOST_COMPARED;
  return {
    areTooMany,
    isSame(one: ParsedNode, other: ParsedNode): boolean {
      compared += 1;
      if (areTooMany()) throw new RangeError(TOO_MANY); // inside a map the parser makes a fault of it
      return one === other || (isScalarNode(one) && isScalarNode(other) && one.value === other.value);
    },
  };
}

const OPTIONS = {
  version: "1.2",
  schema: "core",
  strict: true,
  prettyErrors: false,
  logLevel: "error",
} as const;

function readDocument(document: Document.Parsed, lines: LineCounter): ReadFile {
  const faults = [...document.errors, ...document.warnings].map(
    ({ code, message, pos }): FileProblem => ({
      ...{ line: lines.linePos(pos[0]).line, field: "" },
      sentence: PARSER_SENTENCES[code] ?? `This cannot be read: ${message.split("\n")[0]}`,
    }),
  );
  visit(document, {
    Pair(_key, { key }) {
      if (!isScalarNode(key) || typeof key.value !== "string")
        faults.push({ line: null, field: "", sentence: KEYS });
    },
    Node(_key, node) {
      const isForeign = isAlias(node) || node.anchor !== undefined || node.tag !== undefined;
      if (isForeign) faults.push({ line: lineOf(node, lines), field: "", sentence: PLAIN });
    },
  });
  if (faults.length > 0) return { ok: false, problems: faults.slice(0, MOST_PROBLEMS), values: {} };
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  const parsed = CharterFile.safeParse(value);
  if (parsed.success) {
    const { format: _format, name, timeZone, ...charter } = parsed.data;
    const problems = Object.entries(contradictions(charter)).flatMap(([field, sentences]) =>
      sentences.map((sentence) => ({ line: lineAt(document, field.split("."), lines), field, sentence })),
    );
    if (problems.length > 0) return { ok: false, problems, values: valuesIn(value) };
    return { ok: true, value: { name, timeZone, charter } };
  }
  const { issues } = parsed.error;
  const isMissing = ({ code, path }: z.core.$ZodIssue) =>
    code !== "unrecognized_keys" && path.length > 0 && !document.hasIn(path);
  const wrong = issues
    .filter((issue) => !isMissing(issue))
    .flatMap((issue) => problemsOf(issue, document, lines));
  const missing = issues.filter(isMissing).map(({ path }) => path.join("."));
  const problems = [...wrong.slice(0, MOST_PROBLEMS), ...missingIn(missing)];
  return { ok: false, problems, values: valuesIn(value) };
}

/** Where the parser speaks to a programmer. */
const PARSER_SENTENCES: Readonly<Partial<Record<ErrorCode, string>>> = {
  MULTIPLE_DOCS: "Here a second document begins; write one.",
  DUPLICATE_KEY: "This field stands here twice.",
  RESOURCE_EXHAUSTION: TOO_DEEP,
};

/** Where the schema's own words say no more than a type. */
const TYPE_SENTENCES: Readonly<Record<string, string>> = {
  object: "Here fields are expected, each by its name.",
  boolean: "Write true or false.",
};

const KEYS = "A name of a field is a plain word.";
const PLAIN = "Anchors, aliases and tags are not read; write what is meant.";

function problemsOf(issue: z.core.$ZodIssue, document: Document.Parsed, lines: LineCounter): FileProblem[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  const at = (own: readonly (string | number)[]) => ({
    line: lineAt(document, own, lines),
    field: own.filter((part) => typeof part === "string").join("."),
  });
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ ...at([...path, key]), sentence: "There is no such field." }));
  const isBare = issue.code === "invalid_type" && issue.message.startsWith("Invalid input");
  const sentence = (isBare && TYPE_SENTENCES[issue.expected]) || issue.message;
  return [{ ...at(path), sentence }];
}

const missingIn = (fields: readonly string[]): FileProblem[] =>
  fields.length === 0
    ? []
    : [
        {
          line: null,
          field: "",
          sentence: `These are missing: ${fields.slice(0, MOST_NAMED).join(", ")}${more(fields)}.`,
        },
      ];

const MOST_NAMED = 60;
const more = ({ length }: readonly string[]) =>
  length > MOST_NAMED ? ` and ${length - MOST_NAMED} more` : "";

/** Of the field, or of the nearest part that holds it. */
function lineAt(
  document: Document.Parsed,
  path: readonly (string | number)[],
  lines: LineCounter,
): number | null {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return lineOf(node, lines);
  }
  return null;
}

const lineOf = (node: { readonly range?: readonly number[] | null | undefined }, lines: LineCounter) =>
  node.range ? lines.linePos(node.range[0] ?? 0).line : null;

const isScalar = (value: unknown): value is string | number | boolean =>
  ["string", "number", "boolean"].includes(typeof value);

const own = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

/** What the form shows of a file that is no charter yet; fields that are of another shape stay as the form has them. */
function valuesIn(file: unknown): FormValues {
  const values: Record<string, string | string[]> = {};
  for (const name of ["name", "timeZone"]) {
    const value = own(file, name);
    if (isScalar(value)) values[name] = String(value);
  }
  for (const field of Object.keys(CHARTER_FIELDS) as CharterField[]) {
    const [part = "", key = ""] = field.split(".");
    const text = textOf(field, own(own(file, part), key));
    if (text !== undefined) values[field] = text;
  }
  return values;
}

function textOf(field: CharterField, value: unknown): string | string[] | undefined {
  const kind = CHARTER_FIELDS[field];
  if (kind === "flag") return typeof value === "boolean" ? (value ? "on" : "") : undefined;
  if (isScalar(value)) return String(value);
  if (kind === "gates") {
    const rules = GateRules.safeParse(value);
    return rules.success ? rules.data.map(gateLine).join("\n") : undefined;
  }
  if (kind === "wires") {
    const wires = Tripwires.safeParse(value);
    if (wires.success) return writtenWires(wires.data);
  }
  if (!Array.isArray(value) || !value.every(isScalar)) return undefined;
  const items = value.map(String);
  if (kind === "words") return joinWords(items);
  return kind === "choices" ? items : items.join("\n");
}
