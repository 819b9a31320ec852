// What of Codex's protocol the driver relies on, as digests of the program's own JSON schema, and how another program
// differs from that.
import { createHash } from "node:crypto";
import { z } from "zod";
import { SILENCED, USED_NOTIFICATIONS, type USED_REQUESTS } from "#runner/drivers/codex/messages.ts";

export const Contract = z.object({ version: z.string(), shapes: z.record(z.string(), z.string()) });
export type Contract = z.infer<typeof Contract>;

/** Calls made, with the shape of their answers. */
const CALLS = {
  initialize: "InitializeResponse",
  "thread/start": "ThreadStartResponse",
  "thread/resume": "ThreadResumeResponse",
  "turn/start": "TurnStartResponse",
  "turn/steer": "TurnSteerResponse",
  "turn/interrupt": "TurnInterruptResponse",
} as const;

/** Calls that are answered, with the shape of our answers. */
const ANSWERED: Readonly<Record<(typeof USED_REQUESTS)[number], string>> = {
  "item/commandExecution/requestApproval": "CommandExecutionRequestApprovalResponse",
  "item/fileChange/requestApproval": "FileChangeRequestApprovalResponse",
};

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Schema = { readonly [key: string]: Json };

const isObject = (value: Json | undefined): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Words for people are no part of a protocol. `properties` may hold a field of any name. */
function plain(value: Json, isNames = false): Json {
  if (Array.isArray(value)) return value.map((each) => plain(each as Json));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([key]) => isNames || !["description", "title", "$schema"].includes(key),
  );
  return Object.fromEntries(
    kept
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, plain(each, key === "properties")]),
  );
}

/** Names of the definitions a schema refers to. */
function referred(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => referred(each as Json));
  if (!isObject(value)) return [];
  const own = typeof value.$ref === "string" ? [value.$ref.split("/").at(-1) ?? ""] : [];
  return [...own, ...Object.values(value).flatMap(referred)];
}

/** Digest of a schema with everything it refers to. */
function digestOf(schema: Json, definitions: Schema): string {
  const seen = new Map<string, Json>();
  const follow = (value: Json) => {
    for (const name of referred(value)) {
      if (seen.has(name)) continue;
      const definition = definitions[name] ?? null;
      seen.set(name, plain(definition));
      follow(definition);
    }
  };
  follow(schema);
  const whole = [plain(schema), [...seen].toSorted(([a], [b]) => (a < b ? -1 : 1))];
  return createHash("sha256").update(JSON.stringify(whole)).digest("hex").slice(0, 16);
}

/** The `params` of each method in a union of messages. */
function methodsOf(union: Json | undefined): Map<string, Json> {
  const members = isObject(union) && Array.isArray(union.oneOf) ? (union.oneOf as readonly Json[]) : [];
  return new Map(
    members.flatMap((member) => {
      const properties = isObject(member) ? member.properties : undefined;
      const method = isObject(properties) ? properties.method : undefined;
      const [name] = isObject(method) && Array.isArray(method.enum) ? (method.enum as readonly Json[]) : [];
      return typeof name === "string" && isObject(properties)
        ? [[name, properties.params ?? null] as const]
        : [];
    }),
  );
}

/** `schemas` is codex_app_server_protocol.schemas.json of `codex app-server generate-json-schema`. */
export function contractOf(version: string, schemas: unknown): Contract {
  const { definitions } = z.object({ definitions: z.record(z.string(), z.json()) }).parse(schemas);
  const own = isObject(definitions.v2 as Json)
    ? { ...(definitions.v2 as Schema), ...definitions }
    : definitions;
  const calls = methodsOf(own.ClientRequest as Json);
  const requests = methodsOf(own.ServerRequest as Json);
  const notifications = methodsOf(own.ServerNotification as Json);
  const shapes: Record<string, string> = {};
  const add = (name: string, schema: Json | undefined) => {
    if (schema !== undefined) shapes[name] = digestOf(schema, own as Schema);
  };
  for (const [method, answer] of Object.entries(CALLS)) {
    add(`→ ${method}`, calls.get(method));
    add(`← ${method}`, own[answer] as Json | undefined);
  }
  for (const [method, answer] of Object.entries(ANSWERED)) {
    add(`← ${method}`, requests.get(method));
    add(`→ ${method}`, own[answer] as Json | undefined);
  }
  for (const method of [...USED_NOTIFICATIONS, ...SILENCED].toSorted())
    add(method, notifications.get(method));
  return { version, shapes };
}

/** Null where both are the same; else one sentence for whoever moves the pin. */
export function differenceOf(pinned: Contract, found: Contract): string | null {
  const names = Object.keys({ ...pinned.shapes, ...found.shapes });
  const gone = names.filter((name) => !(name in found.shapes));
  const changed = names.filter((name) => name in found.shapes && pinned.shapes[name] !== found.shapes[name]);
  if (pinned.version === found.version && gone.length + changed.length === 0) return null;
  const parts = [
    gone.length > 0 ? `gone: ${gone.join(", ")}` : "",
    changed.length > 0 ? `changed: ${changed.join(", ")}` : "",
  ].filter((part) => part !== "");
  const what = parts.length > 0 ? parts.join("; ") : "nothing that is used here changed";
  return `Codex ${found.version} is not the Codex ${pinned.version} that the driver was written for (${what}). Read what changed, adapt runner/drivers/codex, try it against the program, then replace protocol.json.`;
}
