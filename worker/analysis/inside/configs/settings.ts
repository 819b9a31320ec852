// Configuration as flat settings and as commands, whatever it is written in.
import { parse as parseToml, TomlError } from "smol-toml";
import { parseAllDocuments } from "yaml";
import { Unreadable } from "../trees/bounds.ts";
import { fieldOf, named, parse, type Syntax, textIn } from "../trees/parse.ts";
import type { ConfigFormat } from "./which.ts";

export interface Settings {
  /** `coverage.thresholds.lines` → `80`. */
  readonly values: ReadonlyMap<string, string>;
  /** Shell, in the order of the file. */
  readonly commands: readonly string[];
}

/** Keys whose texts are commands, in the formats that we know. */
const COMMAND_KEY =
  /(?:^|\.)(?:run|script|before_script|after_script|command|commands|entry|install|scripts\.[^.]+(?:\.\d+)?|steps\.\d+|args)(?:\.\d+)?$/;
const MOST = 20_000;

function flatten(value: unknown): Map<string, string> {
  const found = new Map<string, string>();
  const waiting: (readonly [string, unknown, number])[] = [["", value, 0]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [path, one, depth] = next;
    if (depth > 64) throw new Unreadable("it is nested more than 64 deep");
    if (found.size + waiting.length > MOST) throw new Unreadable(`it has more than ${MOST} settings`);
    if (typeof one !== "object" || one === null) {
      if (one !== undefined && path !== "") found.set(path, String(one));
      continue;
    }
    const entries = Object.entries(one as Record<string, unknown>);
    for (const [key, child] of entries.toReversed())
      waiting.push([path === "" ? key : `${path}.${key}`, child, depth + 1]);
  }
  return found;
}

const commandsIn = (values: ReadonlyMap<string, string>): string[] =>
  [...values].filter(([path]) => COMMAND_KEY.test(path)).map(([, text]) => text);

function ofJson(text: string): unknown {
  try {
    return JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, ""));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Unreadable("it is no JSON");
    throw error;
  }
}

function ofToml(text: string): unknown {
  try {
    return parseToml(text);
  } catch (error) {
    if (error instanceof TomlError) throw new Unreadable("it is no TOML");
    throw error;
  }
}

/** Throws `Unreadable` for what is no YAML, and for aliases that multiply. */
export function ofYaml(text: string): unknown {
  const documents = parseAllDocuments(text, { logLevel: "silent", uniqueKeys: true });
  const list = Array.isArray(documents) ? documents : [];
  if (list.some(({ errors }) => errors.length > 0)) throw new Unreadable("it is no YAML");
  try {
    const values = list.map((document) => document.toJS({ maxAliasCount: 50 }) as unknown);
    return values.length === 1 ? values[0] : values;
  } catch (error) {
    if (error instanceof ReferenceError) throw new Unreadable("its aliases multiply");
    throw error;
  }
}

/** `key: 1` of object literals, by the names around it; what is computed is its text. */
function ofScript(root: Syntax): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (node: Syntax, path: string): void => {
    const [key, value] = node.type === "pair" ? [fieldOf(node, "key"), fieldOf(node, "value")] : [null, null];
    if (!key || !value) {
      for (const child of node.children) visit(child, path);
      return;
    }
    const name = textIn(key).replaceAll(/["'[\]]/g, "");
    const own = path === "" ? name : `${path}.${name}`;
    if (value.type === "object") for (const child of named(value)) visit(child, own);
    else {
      found.set(own, textIn(value).replaceAll(/^["'`]|["'`]$/g, ""));
      visit(value, own);
    }
  };
  visit(root, "");
  return found;
}

const PAIR = /^\s*(?:<([\w.-]+)>([^<]*)<\/\1>|([\w.-]+)\s*(?:[:=(]|\.set\()\s*["']?([^"'\r\n]*?)["')]*\s*$)/;

/** `key = value` and `<key>value</key>`; the same key again is counted. */
function ofLines(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, tag, inner, key, value] = PAIR.exec(line.slice(0, 2000)) ?? [];
    const name = tag ?? key;
    if (name === undefined) continue;
    let own = name;
    for (let count = 2; found.has(own); count++) own = `${name}#${count}`;
    found.set(own, (inner ?? value ?? "").trim());
    if (found.size > MOST) throw new Unreadable(`it has more than ${MOST} settings`);
  }
  return found;
}

const lineEnds = (text: string): string[] =>
  text
    .replaceAll(/\\\r?\n/g, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));

export async function readSettings(format: ConfigFormat, path: string, text: string): Promise<Settings> {
  if (format === "shell") return { values: new Map(), commands: lineEnds(text) };
  if (format === "script") {
    const { root } = await parse(/\.[cm]?ts$/.test(path) ? "typescript" : "javascript", text);
    const values = ofScript(root);
    return { values, commands: commandsIn(values) };
  }
  if (format === "lines") {
    const values = ofLines(text);
    return { values, commands: lineEnds(text).filter((line) => /addopts|commands|--/.test(line)) };
  }
  const values = flatten(format === "json" ? ofJson(text) : format === "toml" ? ofToml(text) : ofYaml(text));
  const texts = [...values].filter(([key]) => /addopts$/.test(key)).map(([, value]) => value);
  return { values, commands: [...commandsIn(values), ...texts] };
}
