// Takes out of GitHub's published OpenAPI description what our requests and its answers are held to in tests. The package
// that holds it is 385 MB, so it is no dependency:
//   npm pack @octokit/openapi@23.0.2 && tar -xzf octokit-openapi-23.0.2.tgz && node scripts/take-github-openapi.ts package
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const REPOSITORY = "/repos/{owner}/{repo}";
export const OPERATIONS: readonly (readonly [method: string, path: string])[] = [
  ["post", "/app/installations/{installation_id}/access_tokens"],
  ["get", "/app/installations/{installation_id}"],
  ["delete", "/installation/token"],
  ["get", REPOSITORY],
  ["get", `${REPOSITORY}/pulls`],
  ["post", `${REPOSITORY}/pulls`],
  ["get", `${REPOSITORY}/pulls/{pull_number}`],
  ["patch", `${REPOSITORY}/pulls/{pull_number}`],
  ["put", `${REPOSITORY}/pulls/{pull_number}/merge`],
  ["post", `${REPOSITORY}/check-runs`],
  ["get", `${REPOSITORY}/commits/{ref}/check-runs`],
  ["post", `${REPOSITORY}/statuses/{sha}`],
  ["get", `${REPOSITORY}/git/commits/{commit_sha}`],
  ["get", `${REPOSITORY}/git/ref/{ref}`],
  ["get", `${REPOSITORY}/compare/{basehead}`],
  ["get", `${REPOSITORY}/branches/{branch}`],
  ["get", `${REPOSITORY}/rules/branches/{branch}`],
  ["get", `${REPOSITORY}/rulesets/{ruleset_id}`],
];

/** Words for people; nothing is judged by them. */
const WORDS = [
  ...["description", "externalDocs", "x-github", "examples", "example", "title"],
  ...["operationId", "tags", "summary"],
];

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
const isNode = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function withoutWords(value: Json, isMapOfNames = false): Json {
  if (Array.isArray(value)) return value.map((each) => withoutWords(each));
  if (!isNode(value)) return value;
  const kept = Object.entries(value).filter(([name]) => isMapOfNames || !WORDS.includes(name));
  return Object.fromEntries(kept.map(([name, each]) => [name, withoutWords(each, name === "properties")]));
}

export function refsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (!isNode(value)) return [];
  const own = typeof value.$ref === "string" ? [value.$ref] : [];
  return [...own, ...Object.values(value).flatMap(refsIn)];
}

function at(root: Json, ...names: readonly string[]): Json | undefined {
  let here: Json | undefined = root;
  for (const name of names) here = isNode(here) ? here[name] : undefined;
  return here;
}

/** The first example of an answer, which the tests' server answers from. */
function exampleOf(root: Json, operation: Json, status: string): Json | undefined {
  const examples = at(operation, "responses", status, "content", "application/json", "examples");
  const [first] = isNode(examples) ? Object.values(examples) : [];
  const ref = at(first ?? null, "$ref");
  return typeof ref === "string" ? at(root, ...ref.split("/").slice(1), "value") : at(first ?? null, "value");
}

/** One line for the source, one for each operation, one for each component they name. */
export function excerpt(root: Json, source: { readonly [name: string]: Json }): string[] {
  const lines: Json[] = [source];
  const known = new Set<string>();
  const waiting: string[] = [];
  const follow = (value: Json): void => {
    for (const ref of refsIn(value)) {
      if (!known.has(ref)) waiting.push(ref);
      known.add(ref);
    }
  };
  for (const [method, path] of OPERATIONS) {
    const written = at(root, "paths", path, method);
    if (!isNode(written)) throw new Error(`There is no ${method} ${path}.`);
    const operation = withoutWords(written);
    const statuses = Object.keys((at(written, "responses") ?? {}) as object).filter((each) => each < "300");
    const examples = Object.fromEntries(
      statuses.flatMap((status) => {
        const example = exampleOf(root, written, status);
        return example === undefined ? [] : [[status, example]];
      }),
    );
    lines.push({ method, path, operation, examples });
    follow(operation);
  }
  for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
    const component = withoutWords(at(root, ...ref.split("/").slice(1)) ?? null);
    lines.push({ ref, component });
    follow(component);
  }
  return lines.map((line) => JSON.stringify(line));
}

function main(folder: string): void {
  const { name, version } = z
    .object({ name: z.string(), version: z.string() })
    .parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
  const bytes = readFileSync(join(folder, "generated", "api.github.com.json"));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const lines = excerpt(JSON.parse(bytes.toString("utf8")), { source: `${name}@${version}`, sha256 });
  const target = new URL("../lib/testing/github/openapi.jsonl", import.meta.url);
  writeFileSync(target, `${lines.join("\n")}\n`);
}

const [, , folder] = process.argv;
if (import.meta.main && folder !== undefined) main(folder);
