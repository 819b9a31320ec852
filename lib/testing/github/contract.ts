// GitHub's published description of its API, as far as it is kept here, as a judge of requests and answers.
import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { z } from "zod";

const Parameter = z.object({
  name: z.string(),
  in: z.enum(["path", "query", "header"]),
  required: z.boolean().default(false),
  schema: z.unknown(),
});
const Ref = z.object({ $ref: z.string() });
const Content = z.object({ "application/json": z.object({ schema: z.unknown() }).optional() });
const Operation = z.object({
  parameters: z.array(z.union([Ref, Parameter])).default([]),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), z.union([Ref, z.object({ content: Content.optional() })])),
});
const Line = z.union([
  z.object({ source: z.string(), sha256: z.string() }),
  z.object({
    method: z.string(),
    path: z.string(),
    operation: Operation,
    examples: z.record(z.string(), z.unknown()),
  }),
  z.object({ ref: z.string(), component: z.unknown() }),
]);

type Known = Extract<z.infer<typeof Line>, { method: string }>;
export interface Matched {
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
}

const lines = readFileSync(new URL("openapi.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");
const parsed = lines.map((line) => Line.parse(JSON.parse(line)));
const operations = parsed.filter((line) => "method" in line);
const components = new Map(parsed.flatMap((line) => ("ref" in line ? [[line.ref, line.component]] : [])));

/** OpenAPI 3.0 says `nullable` also where no type stands beside it; Ajv takes it beside a type only. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== "object" || schema === null) return schema;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([name, each]) => [name, plain(each)]),
  );
  if (nullable !== true) return nullable === undefined ? rest : { ...rest, ...named(nullable) };
  return { anyOf: [{ type: "null" }, rest] };
}
/** A property that is called so. */
const named = (nullable: unknown) => (typeof nullable === "object" ? { nullable } : {});

const ajv = new Ajv({ strict: false, validateFormats: false, coerceTypes: false, allErrors: true });
const root: { components: Record<string, Record<string, unknown>> } = { components: {} };
for (const [ref, component] of components) {
  const [, , kind = "", name = ""] = ref.split("/");
  root.components[kind] = { ...root.components[kind], [name]: plain(component) };
}
ajv.addSchema({ $id: "github", ...root });
const compiled = new Map<string, ValidateFunction>();

/** What is wrong with `value`, in Ajv's words; null where nothing is. */
function fault(key: string, schema: unknown, value: unknown): string | null {
  const absolute = JSON.parse(JSON.stringify(plain(schema)).replaceAll('"#/', '"github#/'));
  const validate = compiled.get(key) ?? ajv.compile(absolute);
  compiled.set(key, validate);
  return validate(value) ? null : `${key}: ${ajv.errorsText(validate.errors)}`;
}

const followed = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const ref = Ref.safeParse(value);
  return schema.parse(ref.success ? components.get(ref.data.$ref) : value);
};

const nameOf = ({ method, path }: Known): string => `${method.toUpperCase()} ${path}`;
const known = (name: string): Known => {
  const operation = operations.find((each) => nameOf(each) === name);
  if (!operation) throw new Error(`GitHub has no ${name}.`);
  return operation;
};

/** Which operation a request is; null for one that is not kept here. */
export function match(method: string, path: string): Matched | null {
  for (const each of operations) {
    if (each.method.toUpperCase() !== method) continue;
    const names = [...each.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const pattern = new RegExp(`^${each.path.replaceAll(/\{\w+\}/g, "([^/]+)")}$`);
    const values = pattern.exec(path)?.slice(1);
    if (!values) continue;
    const params = names.map((name, place) => [name, decodeURIComponent(values[place] ?? "")]);
    return { operation: nameOf(each), params: Object.fromEntries(params) };
  }
  return null;
}

/** What GitHub would not take of a request. */
export function requestFaults(
  { operation: name, params }: Matched,
  query: URLSearchParams,
  body: unknown,
): string[] {
  const { operation } = known(name);
  const parameters = operation.parameters.map((each) => followed(Parameter, each));
  const given = (place: string): Record<string, string> =>
    place === "path" ? params : Object.fromEntries(query);
  const unknownNames = [...query.keys()].filter(
    (each) => !parameters.some((parameter) => parameter.in === "query" && parameter.name === each),
  );
  const faults = parameters.flatMap((parameter) => {
    const value = given(parameter.in)[parameter.name];
    if (value === undefined) return parameter.required ? [`${name}: ${parameter.name} is missing`] : [];
    const isNumber = /"type":"(integer|number)"/.test(JSON.stringify(parameter.schema));
    const key = `${name} ${parameter.name}`;
    return fault(key, parameter.schema, isNumber ? Number(value) : value) ?? [];
  });
  const schema = operation.requestBody?.content["application/json"]?.schema;
  if (schema !== undefined) faults.push(...[fault(`${name} body`, schema, body) ?? []].flat());
  else if (body !== undefined) faults.push(`${name}: takes no body`);
  return [...faults, ...unknownNames.map((each) => `${name}: takes no ${each}`)];
}

/** What GitHub would never answer. */
export function answerFault({ operation: name }: Matched, status: number, body: unknown): string | null {
  const written = known(name).operation.responses[String(status)];
  // Of any request: no credential, too many, out of order, gone for good.
  if (written === undefined)
    return [401, 403, 408, 410, 429, 451, 500, 502, 503].includes(status) ? null : `${name}: no ${status}`;
  const { content } = followed(z.object({ content: Content.optional() }), written);
  const schema = content?.["application/json"]?.schema;
  return schema === undefined ? null : fault(`${name} ${status}`, schema, body);
}

/** Lists that are left empty: GitHub's own examples of them lack what its description requires. */
const FLAWED = ["requested_teams", "requested_reviewers"];

/** As GitHub's documentation shows it. */
export function exampleOf(name: string, status = "200"): Record<string, unknown> {
  const example = z.record(z.string(), z.unknown()).parse(structuredClone(known(name).examples[status]));
  for (const list of FLAWED) if (list in example) example[list] = [];
  return example;
}
