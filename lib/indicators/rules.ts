// Indicators of compromise, as far as they name packages. Pure, and linear in the length of a pattern.
import { z } from "zod";
import { Bundle, type Indicated, type IndicatorList, IndicatorObject } from "./schema.ts";

type Named = Pick<Indicated, "name" | "version" | "ecosystem">;

const TOKEN = /\s*(?:(\[|\]|=|AND\b|OR\b)|software:(name|version|vendor)(?![\w.-])|'((?:[^'\\]|\\['\\])*)')/y;

interface Token {
  readonly sign?: string;
  readonly field?: "name" | "version" | "vendor";
  readonly text?: string;
}

/** Null where there is more in it than names, versions and vendors of software. */
function tokensOf(pattern: string): Token[] | null {
  const tokens: Token[] = [];
  const source = pattern.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const [whole, sign, field, text] = TOKEN.exec(source) ?? [];
    if (whole === undefined) return null;
    tokens.push({
      ...(sign === undefined ? {} : { sign }),
      ...(field === undefined ? {} : { field: field as Required<Token>["field"] }),
      ...(text === undefined ? {} : { text: text.replaceAll(/\\(.)/g, "$1") }),
    });
  }
  return tokens;
}

/** What is between two brackets, up to an OR: `field = 'text'`, joined by AND. */
function observed(tokens: readonly Token[]): Named | null {
  const fields = new Map<string, string>();
  for (let at = 0; at < tokens.length; at += 4) {
    const [field, equals, text, and] = tokens.slice(at, at + 4);
    const isLast = at + 4 > tokens.length;
    if (field?.field === undefined || equals?.sign !== "=" || text?.text === undefined) return null;
    if (!isLast && and?.sign !== "AND") return null;
    if (fields.has(field.field)) return null;
    fields.set(field.field, text.text);
  }
  const name = fields.get("name");
  if (name === undefined) return null;
  return {
    name,
    version: fields.get("version") ?? null,
    ecosystem: fields.get("vendor")?.toLowerCase() ?? null,
  };
}

/** Of two signs AND binds closer, and there are no brackets within brackets. */
function alternatives(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens)
    if (token.sign === "OR") parts.push([]);
    else parts.at(-1)?.push(token);
  return parts;
}

/** The packages of `[software:name = 'a' AND software:version = '1'] OR [software:name = 'b']`; null where it says anything else. */
export function packagesOf(pattern: string): Named[] | null {
  const tokens = tokensOf(pattern);
  if (tokens === null) return null;
  const found: Named[] = [];
  for (let at = 0; at < tokens.length; ) {
    const end = tokens.findIndex(({ sign }, place) => place > at && sign === "]");
    if (tokens[at]?.sign !== "[" || end < 0) return null;
    for (const part of alternatives(tokens.slice(at + 1, end))) {
      const named = observed(part);
      if (named === null) return null;
      found.push(named);
    }
    if (end + 1 < tokens.length && (tokens[end + 1]?.sign !== "OR" || end + 2 >= tokens.length)) return null;
    at = end + 2;
  }
  return found.length === 0 ? null : found;
}

function isInForce(one: z.infer<typeof IndicatorObject>, now: number): boolean {
  const { revoked, valid_from: from, valid_until: until } = one;
  return !revoked && Date.parse(from) <= now && (until === undefined || now < Date.parse(until));
}

const SpeaksOfSoftware = z.object({ pattern: z.string().regex(/software:/) });
const Readable = z.object({ type: z.literal("indicator"), pattern: z.string() });

/** One whose fields do not parse could name packages, but where its pattern speaks of other things alone. */
const mayNamePackages = (object: unknown): boolean =>
  z.object({ type: z.literal("indicator") }).safeParse(object).success &&
  (SpeaksOfSoftware.safeParse(object).success || !Readable.safeParse(object).success);

/** Null where it is no bundle. Of several objects with one id the one that was modified last counts. */
export function readIndicators(document: unknown, now: number): IndicatorList | null {
  const bundle = Bundle.safeParse(document);
  if (!bundle.success) return null;
  const newest = new Map<string, z.infer<typeof IndicatorObject>>();
  let unread = 0;
  for (const object of bundle.data.objects) {
    const { success, data } = IndicatorObject.safeParse(object);
    if (!success && mayNamePackages(object)) unread += 1;
    if (!success || data.pattern_type !== "stix") continue;
    const other = newest.get(data.id);
    if (other === undefined || Date.parse(other.modified) < Date.parse(data.modified))
      newest.set(data.id, data);
  }
  const indicated: Indicated[] = [];
  for (const one of newest.values()) {
    if (!isInForce(one, now)) continue;
    const packages = packagesOf(one.pattern);
    if (packages === null && SpeaksOfSoftware.safeParse(one).success) unread += 1;
    const link = one.external_references.find(({ url }) => url !== undefined)?.url ?? null;
    indicated.push(...(packages ?? []).map((named) => ({ ...named, indicator: one.id, link })));
  }
  return { indicated, unread };
}

interface Package {
  readonly ecosystem: string;
  readonly name: string;
  /** The version it has now; null where it is taken away. */
  readonly after: string | null;
}

/** Each package with the first indicator that names it. `written`: how its language writes a name. */
export function indicatedAmong<P extends Package>(
  packages: readonly P[],
  indicated: readonly Indicated[],
  written: (ecosystem: P["ecosystem"], name: string) => string,
): { readonly package: P; readonly by: Indicated }[] {
  const key = (ecosystem: P["ecosystem"], name: string) => written(ecosystem, name).toLowerCase();
  const byNames = new Map(
    [...new Set(packages.map(({ ecosystem }) => ecosystem))].map((ecosystem) => [
      ecosystem,
      Map.groupBy(indicated, ({ name }) => key(ecosystem, name)),
    ]),
  );
  return packages.flatMap((one) => {
    if (one.after === null) return [];
    const by = byNames
      .get(one.ecosystem)
      ?.get(key(one.ecosystem, one.name))
      ?.find(
        ({ version, ecosystem }) =>
          (version === null || version === one.after) && (ecosystem === null || ecosystem === one.ecosystem),
      );
    return by === undefined ? [] : [{ package: one, by }];
  });
}
