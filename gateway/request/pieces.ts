// A request taken apart for the trace and for the way upstream: what comes again with every call (instructions, tools,
// each item of the history) as pieces of their own, and a head with everything else. The bytes that leave are put together
// from the pieces, so that the trace holds exactly what left.
import type { Api } from "#lib/model-calls/schema.ts";
import type { Document, Span } from "./json.ts";

export interface Piece {
  /** Role or type of an item; `instructions` and `tools` for these fields. Null: belongs to the head. */
  readonly role: string | null;
  /** Top-level field it stands in. */
  readonly key: string;
  /** `input[3]`, `tools`: what a refusal names. */
  readonly place: string;
  readonly value: unknown;
  readonly bytes: Buffer;
}

interface Fields {
  /** Field of the history. */
  readonly items: string;
  /** Whole fields that come again with every call, by the role they have in the trace. */
  readonly whole: Readonly<Record<string, string>>;
}

const FIELDS: Readonly<Record<Api, Fields>> = {
  responses: { items: "input", whole: { instructions: "instructions", tools: "tools" } },
  chat: { items: "messages", whole: { tools: "tools" } },
  messages: { items: "messages", whole: { system: "instructions", tools: "tools" } },
};

const ROLE = /^(?!(?:instructions|tools)$)[a-z][a-z0-9_]{0,39}$/;

function roleOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return "user"; // the whole input as one text
  const { role, type } = value as Record<string, unknown>;
  const word = typeof role === "string" ? role : type;
  return typeof word === "string" && ROLE.test(word) ? word : "item";
}

const cut = (bytes: Buffer, { start, end }: Span) => bytes.subarray(start, end);

export function takeApart(api: Api, { bytes, value, members }: Document): Piece[] {
  const { items, whole } = FIELDS[api];
  return members.flatMap((member): Piece[] => {
    const { key, elements } = member;
    const own = value[key];
    if (key === items && elements && Array.isArray(own)) {
      return elements.map((span, at) => {
        const item: unknown = own[at];
        return { role: roleOf(item), key, place: `${key}[${at}]`, value: item, bytes: cut(bytes, span) };
      });
    }
    const role = key === items ? "user" : (whole[key] ?? null);
    return [{ role, key, place: key, value: own, bytes: cut(bytes, member.value) }];
  });
}

/** A field of the head with another value; added where it was not. */
export function withField(pieces: readonly Piece[], key: string, value: unknown): Piece[] {
  const bytes = Buffer.from(JSON.stringify(value));
  return [...pieces.filter((piece) => piece.key !== key), { role: null, key, place: key, value, bytes }];
}

export interface Parts {
  readonly items: readonly { readonly role: string; readonly bytes: Buffer }[];
  /** A JSON object of all other fields. */
  readonly head: Buffer;
}

const COMMA = Buffer.from(",");
const field = (key: string, bytes: Buffer): Buffer[] => [Buffer.from(`${JSON.stringify(key)}:`), bytes];

function separated(parts: readonly Buffer[][]): Buffer[] {
  return parts.flatMap((part, at) => (at === 0 ? part : [COMMA, ...part]));
}

const objectOf = (fields: readonly Buffer[][]) =>
  Buffer.concat([Buffer.from("{"), ...separated(fields), Buffer.from("}")]);

/** Whole fields first, then the history, each in the order it came in. */
export function partsOf(api: Api, pieces: readonly Piece[]): Parts {
  const { items } = FIELDS[api];
  const whole = pieces.filter(({ role, key }) => role !== null && key !== items);
  const history = pieces.filter(({ role, key }) => role !== null && key === items);
  const head = pieces.filter(({ role }) => role === null).map(({ key, bytes }) => field(key, bytes));
  return {
    items: [...whole, ...history].map(({ role, bytes }) => ({ role: role ?? "item", bytes })),
    head: objectOf(head),
  };
}

/** The body as it leaves, from what the trace holds. */
export function bodyOf(api: Api, { items, head }: Parts): Buffer {
  const { items: history, whole } = FIELDS[api];
  const keys = new Map(Object.entries(whole).map(([key, role]) => [role, key]));
  const fields = items.flatMap(({ role, bytes }) => {
    const key = keys.get(role);
    return key === undefined ? [] : [field(key, bytes)];
  });
  const own = items.filter(({ role }) => !keys.has(role)).map(({ bytes }) => bytes);
  const isText = own.length === 1 && own[0]?.[0] === 0x22;
  const listed = Buffer.concat([
    Buffer.from("["),
    ...separated(own.map((bytes) => [bytes])),
    Buffer.from("]"),
  ]);
  const rest = head.subarray(1, -1);
  const all = [
    ...fields,
    field(history, isText ? (own[0] ?? listed) : listed),
    ...(rest.length > 0 ? [[rest]] : []),
  ];
  return objectOf(all);
}
