// What may leave in a request, by the charter's word for each class. Agents send their whole history again with every
// call: a piece that was looked through is known by its SHA-256 and not looked through again.
import { createHash } from "node:crypto";
import {
  type Api,
  OUTBOUND_CLASSES,
  type OutboundClass,
  type OutboundPolicy,
} from "#lib/model-calls/schema.ts";
import { joined, merged, NOT_SEARCHED, type Place, within } from "#lib/secrets/rules.ts";
import { type Budget, findSecrets } from "#lib/secrets/service.ts";
import { Problem } from "../http/problem.ts";
import type { Piece } from "../request/pieces.ts";
import type { Images } from "../request/walk.ts";
import { maskText } from "./mask-text.ts";
import { createOwnSearches, type OwnSearch } from "./own-patterns.ts";
import { findCards, findEmails, findIbans } from "./patterns.ts";
import { type Contents, contentsOf, replaceTexts } from "./texts.ts";

interface Known {
  readonly images: number;
  readonly imageBytes: number;
  /** Place below the piece of each class that was found, the first ones. */
  readonly found: readonly Finding[];
}

interface Finding {
  readonly of: OutboundClass;
  readonly place: string;
  readonly isFixed: boolean;
}

export interface Checked {
  readonly pieces: readonly Piece[];
  readonly images: number;
  readonly imageBytes: number;
  /** Classes of which something was masked. */
  readonly masked: readonly OutboundClass[];
}

export interface Asked {
  readonly api: Api;
  readonly pieces: readonly Piece[];
  /** Images that the allow-list took; all else is searched. */
  readonly accepted: Images;
}

export type Outbound = (asked: Asked, policy: OutboundPolicy) => Promise<Checked>;

const BUDGET: Budget = { characters: 32 * 1024 * 1024, milliseconds: 20_000 };
const MOST_KNOWN = 50_000;
const MOST_NAMED = 3;

const NAMES: Readonly<Record<OutboundClass, string>> = {
  secret: "a secret",
  card_number: "a card number",
  email: "an e-mail address",
  iban: "an IBAN",
  own: "a pattern of its own",
};

async function findAll(
  text: string,
  own: OwnSearch,
): Promise<Readonly<Record<OutboundClass, readonly Place[]>>> {
  return {
    secret: await findSecrets(text, BUDGET),
    card_number: findCards(text),
    email: findEmails(text),
    iban: findIbans(text),
    own: await own.find(text),
  };
}

/** What is in each text of several pieces, searched as one. */
async function search(contents: readonly Contents[], ownSearch: OwnSearch): Promise<Finding[][]> {
  const groups = contents.flatMap(({ texts }) => texts.map(({ text }) => [text]));
  const { text, offsets } = joined(groups);
  const all = await findAll(text, ownSearch);
  let at = 0;
  return contents.map(({ texts }) =>
    texts.flatMap(({ place, text: own, isFixed }) => {
      const offset = offsets[at++]?.[0] ?? 0;
      return OUTBOUND_CLASSES.flatMap((of): Finding[] => {
        const places = within(all[of], offset, offset + own.length);
        if (places.some(({ rule }) => rule === NOT_SEARCHED))
          throw new Problem("too_large", "The request is too large to be searched for what may not leave.");
        return places.length > 0 ? [{ of, place, isFixed }] : [];
      });
    }),
  );
}

/** To its client a refusal like others; the record says that it was for what may not leave. */
export class OutboundRefused extends Problem {
  constructor(sentence: string) {
    super("policy_refused", sentence);
  }
}

function refuse(piece: Piece, findings: readonly Finding[]): never {
  const named = findings
    .slice(0, MOST_NAMED)
    .map(({ of, place }) => `${NAMES[of]} in ${piece.place}${place.slice(0, 120)}`);
  const sentence = `The pilot's charter does not let this leave: ${named.join("; ")}. Nothing was sent.`;
  throw new OutboundRefused(sentence);
}

/** Only the classes that are masked; texts keep their order. */
async function maskPiece(
  piece: Piece,
  classes: ReadonlySet<OutboundClass>,
  accepted: Images,
  own: OwnSearch,
): Promise<Piece> {
  const { texts } = contentsOf(piece.value, accepted);
  const replacements: string[] = [];
  for (const { text, isFixed } of texts) {
    if (isFixed) continue;
    const all = await findAll(text, own);
    const places = OUTBOUND_CLASSES.filter((of) => classes.has(of)).flatMap((of) => all[of]);
    replacements.push(maskText(text, merged(places)));
  }
  const value = replaceTexts(piece.value, replacements, accepted);
  return { ...piece, value, bytes: Buffer.from(JSON.stringify(value)) };
}

interface Read extends Known {
  readonly piece: Piece;
}

/** Remembers what was looked through, over runs: the SHA-256 of a piece says nothing of it. */
function createMemory() {
  const known = new Map<string, Known>();
  return {
    get: (digest: string) => known.get(digest),
    keep(digest: string, what: Known) {
      known.set(digest, what);
      const oldest = known.keys().next().value;
      if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    },
  };
}

/** With the field it stands in: the same bytes may hold an image in one field, and text in another. */
const digestOf = (api: Api, { key, bytes }: Piece, own: OwnSearch) =>
  createHash("sha256")
    .update(JSON.stringify([api, key, own.digest]))
    .update(bytes)
    .digest("base64");

export function createOutbound(): Outbound {
  const memory = createMemory();
  const ownSearches = createOwnSearches();

  async function readAll({ api, pieces, accepted }: Asked, own: OwnSearch): Promise<Read[]> {
    const digests = pieces.map((piece) => digestOf(api, piece, own));
    const fresh = pieces.flatMap((piece, at) => (memory.get(digests[at] ?? "") ? [] : [{ piece, at }]));
    const contents = fresh.map(({ piece }) => contentsOf(piece.value, accepted));
    const findings = fresh.length === 0 ? [] : await search(contents, own);
    const news = new Map<number, Known>();
    for (const [index, { at }] of fresh.entries()) {
      const { images = 0, imageBytes = 0 } = contents[index] ?? {};
      const what = { images, imageBytes, found: findings[index] ?? [] };
      news.set(at, what);
      memory.keep(digests[at] ?? "", what);
    }
    return pieces.map((piece, at) => {
      const what = news.get(at) ?? memory.get(digests[at] ?? "");
      if (!what) throw new Error("A piece was forgotten while it was read.");
      return { piece, ...what };
    });
  }

  return async (asked, policy) => {
    const own = ownSearches(policy.own === "allow" ? [] : policy.ownPatterns);
    const all = await readAll(asked, own);
    const hit = new Set<OutboundClass>();
    const passed: Piece[] = [];
    for (const { piece, found } of all) {
      const stopped = found.filter(
        ({ of, isFixed }) => policy[of] === "block" || (policy[of] === "mask" && isFixed),
      );
      if (stopped.length > 0) refuse(piece, stopped);
      const classes = new Set(found.filter(({ of }) => policy[of] === "mask").map(({ of }) => of));
      for (const of of classes) hit.add(of);
      passed.push(classes.size > 0 ? await maskPiece(piece, classes, asked.accepted, own) : piece);
    }
    const sum = (of: (read: Read) => number) => all.reduce((total, read) => total + of(read), 0);
    return {
      pieces: passed,
      images: sum(({ images }) => images),
      imageBytes: sum(({ imageBytes }) => imageBytes),
      masked: [...hit],
    };
  };
}
