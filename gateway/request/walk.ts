// The words the allow-lists are written in. A rule looks at one value at one place and throws where it may not go on.
// What a rule does not name is inert: scalars and plain structures, without an address that somebody else would fetch
// and without the id of an object that somebody else keeps.
import { Problem } from "../http/problem.ts";

/**
 * Objects whose image a rule for the contents of a message took, with the field it stands in. Only these leave unread by
 * the outbound policy: what merely looks like an image anywhere else is text.
 */
export type Images = Map<object, string>;

export type Rule = (value: unknown, place: string, images: Images) => void;

export function refuse(place: string, sentence: string): never {
  throw new Problem("policy_refused", `${place.slice(0, 200)}: ${sentence}`);
}

export const below = (place: string, key: string): string => (place === "" ? key : `${place}.${key}`);

export function objectAt(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    refuse(place, "an object is expected here.");
  return value as Record<string, unknown>;
}

/** Text that a model reads; what it says is nobody's business here. The outbound policy reads it. */
export const text: Rule = (value, place) => {
  if (typeof value !== "string" && value !== null) refuse(place, "a text is expected here.");
};

/** A schema, arguments, labels: what nobody but the model and the client reads. */
export const free: Rule = () => undefined;

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === false ||
  value === "" ||
  (typeof value === "object" && value !== null && Object.keys(value).length === 0);

/** A feature of the provider that is not used through this gateway. */
export const absent =
  (why: string): Rule =>
  (value, place) => {
    if (!isEmpty(value)) refuse(place, why);
  };

const STORED = "objects kept at the provider are not used through this gateway.";
const FETCHED = "addresses are not passed on; only data: URLs of images are.";

/** Keys under which a provider would look up what it keeps, or fetch what is elsewhere. */
const REFERENCES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...["previous_response_id", "conversation", "conversation_id", "container", "container_id", "file_id"],
      ...["file_ids", "vector_store_id", "vector_store_ids", "image_file", "assistant_id", "thread_id"],
      ...["skill_id", "skill_reference", "item_reference", "connector_id", "prompt_id", "image_id"],
    ].map((key) => [key, STORED]),
  ),
  ...Object.fromEntries(
    ["file_url", "image_url", "audio_url", "video_url", "server_url", "mcp_servers", "url", "uri"].map(
      (key) => [key, FETCHED],
    ),
  ),
};

const ADDRESS = /^[\s\p{C}]*(?:[a-z][a-z0-9+.-]*:[\s\p{C}]*[\\/]|\\\\|\/\/)/iu;
const DATA_URL = /^[\s\p{C}]*data:/iu;

function inertText(value: string, place: string): void {
  if (ADDRESS.test(value.slice(0, 200)) || DATA_URL.test(value.slice(0, 50))) refuse(place, FETCHED);
}

/**
 * Some servers match names without case, by the folding of Unicode (`\u017ftore`, with a long s, is `store` to them).
 * Upper case first: it alone takes the long s to an S.
 */
const folded = (key: string): string => key.toUpperCase().toLowerCase();

/** All names in the rules are in small letters: another spelling of one would be read by some servers and not by us. */
function refuseOtherCase(key: string, place: string, isKnown: (name: string) => boolean): void {
  const name = folded(key);
  if (name !== key && isKnown(name)) refuse(place, `this field is written ${name}.`);
}

const isReference = (name: string): boolean => Object.hasOwn(REFERENCES, name);

export const inert: Rule = (value, place, images) => {
  if (typeof value === "string") inertText(value, place);
  else if (Array.isArray(value))
    for (const [at, item] of value.entries()) inert(item, `${place}[${at}]`, images);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) inertField(key, item, below(place, key), images);
  }
};

function inertField(key: string, value: unknown, place: string, images: Images): void {
  refuseOtherCase(key, place, isReference);
  const why = isReference(key) ? REFERENCES[key] : undefined;
  if (why !== undefined && !isEmpty(value)) refuse(place, why);
  inert(value, place, images);
}

/** Looked up in objects of every kind, beside their rules: what the object is, and what it stands for. */
const EVERYWHERE = new Set(["type", "id"]);

/** An object whose named fields follow their rules; the others are inert. */
export const shape =
  (rules: Readonly<Record<string, Rule>>): Rule =>
  (value, place, images) => {
    for (const [key, item] of Object.entries(objectAt(value, place))) {
      const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
      if (rule) rule(item, below(place, key), images);
      else {
        refuseOtherCase(key, below(place, key), (name) => EVERYWHERE.has(name) || Object.hasOwn(rules, name));
        inertField(key, item, below(place, key), images);
      }
    }
  };

export const list =
  (rule: Rule): Rule =>
  (value, place, images) => {
    if (value === null) return;
    if (!Array.isArray(value)) refuse(place, "a list is expected here.");
    for (const [at, item] of value.entries()) rule(item, `${place}[${at}]`, images);
  };

export const textOr =
  (rule: Rule): Rule =>
  (value, place, images) => {
    if (typeof value !== "string") rule(value, place, images);
  };

export const orNull =
  (rule: Rule): Rule =>
  (value, place, images) => {
    if (value !== null) rule(value, place, images);
  };

const shown = (word: unknown): string => JSON.stringify(word)?.slice(0, 60) ?? "none";

/** One of a closed list of kinds, told by `type`. `untyped` names the kind of what has none. */
export const oneOf =
  (
    what: string,
    kinds: Readonly<Record<string, Rule>>,
    untyped?: (value: object) => string | undefined,
  ): Rule =>
  (value, place, images) => {
    const object = objectAt(value, place);
    const kind = object.type === undefined ? untyped?.(object) : object.type;
    const rule = typeof kind === "string" && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (!rule) refuse(place, `${what} of type ${shown(kind)} are not passed on.`);
    rule(object, place, images);
  };

export const oneWord =
  (words: readonly string[], why: string): Rule =>
  (value, place) => {
    if (value !== null && !words.some((word) => word === value)) refuse(place, why);
  };

export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;

/** Of the first bytes, in hex. */
const MAGIC: Readonly<Record<string, RegExp>> = {
  "image/png": /^89504e470d0a1a0a/,
  "image/jpeg": /^ffd8ff/,
  "image/gif": /^47494638(?:37|39)61/,
  "image/webp": /^52494646.{8}57454250/,
};

/** Its first bytes say so too: what is passed on as an image is not read by the outbound policy. */
export function imageAt(mediaType: unknown, base64: unknown, place: string): void {
  const magic =
    typeof mediaType === "string" && Object.hasOwn(MAGIC, mediaType) ? MAGIC[mediaType] : undefined;
  if (!magic) refuse(place, `images are ${IMAGE_TYPES.join(", ")}.`);
  if (typeof base64 !== "string" || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
    refuse(place, "the image is not in base64.");
  if (!magic.test(Buffer.from(base64.slice(0, 24), "base64").toString("hex")))
    refuse(place, `this is no ${mediaType}.`);
}

/** `data:image/…;base64,…` and nothing else. */
const imageUrl: Rule = (value, place) => {
  if (typeof value !== "string") refuse(place, "an image is expected here.");
  const head = /^data:([a-z]+\/[a-z]+);base64,/.exec(value.slice(0, 60));
  if (!head) refuse(place, FETCHED);
  imageAt(head[1], value.slice(head[0].length), place);
};

/** The object of an image, with a data: URL in one field and nothing else of interest. */
export const imageIn =
  (field: "image_url" | "url"): Rule =>
  (value, place, images) => {
    const object = objectAt(value, place);
    if (object[field] === undefined) refuse(place, `an image stands in ${field}.`);
    shape({ [field]: imageUrl })(object, place, images);
    images.set(object, field);
  };
