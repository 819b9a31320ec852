// One round of the notary: number what is fresh, extend the tiles, write down the own state, and only then sign and
// publish. Every step may be the last before a crash; the next start comes to the same tree.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type pg from "pg";
import { type Clock, SECOND } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/logger.ts";
import { tilePath } from "#lib/tlog/tiles.ts";
import type { Alarms } from "./alarms.ts";
import { epochFolder, readBorder } from "./border.ts";
import { type Disk, SHARED_FILE } from "./disk.ts";
import { Halt } from "./halt.ts";
import { type GivenKey, keepKey, type LogKey, lostKeys, newKey, readKeys, verifierOf } from "./keys.ts";
import { leavesOf } from "./numbering/leaves.ts";
import {
  beginEpoch,
  type DatabaseHead,
  hasFresh,
  type Numbered,
  numberPiece,
  readHead,
} from "./numbering/number.ts";
import { emptyState, followOrder, readOrder } from "./order.ts";
import { type OwnState, readOwnState, writeOwnState } from "./own-state.ts";
import { publishCheckpoint } from "./publish.ts";
import { rebuild } from "./rebuild.ts";
import { type Steps, timeSteps } from "./steps.ts";
import { EMPTY_BORDER, type GrowingTree, growTree, type TileFile } from "./tree.ts";

/** Where a crash may be simulated. */
export type Step = "numbered" | "tiles_written" | "state_written" | "published";

export interface Workplace {
  readonly client: pg.ClientBase;
  /** The public folder and the notary's own. */
  readonly folders: { readonly log: string; readonly own: string };
  readonly given: GivenKey;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly alarms: Alarms;
  /** Entries that are numbered in one transaction. */
  readonly piece?: number;
  at?(step: Step): void | Promise<void>;
}

export interface Round {
  readonly numbered: number;
  /** A backlog is numbered and published in pieces: more is numbered than is signed, or more waits for a number. */
  readonly isBehind: boolean;
  /** What is signed now; null where the round was halted before that. */
  readonly signed: { readonly epoch: number; readonly origin: string; readonly size: number } | null;
}

const publicOf = ({ publicHex }: LogKey) => publicHex;

/** A backlog is published in between. */
const PUBLISH_EVERY = 500;
/** Half a second's worth, so that a transaction stays short, and a round with what it publishes. */
const PIECE = 10_000;
const LONG_ROUND = SECOND;
const NOTHING: Numbered = { count: 0, isMore: false };

/** Keeps what a round leaves in memory for the next one. */
export function createNotary(place: Workplace) {
  const { client, folders, disk, clock, alarms, piece = PIECE } = place;
  let own: OwnState | null = null;
  let tree: GrowingTree | null = null;
  /** Checkpoint of this size is known to be out. */
  let published = -1;
  let steps: Steps = timeSteps(clock.now);

  async function ownState(): Promise<OwnState | null> {
    own ??= await readOwnState(folders.own).catch((error: unknown) => {
      throw new Halt("state_lost", messageOf(error));
    });
    return own;
  }

  async function ordered(before: OwnState | null): Promise<OwnState | null> {
    const order = await readOrder(folders.own);
    if (!order) return before;
    own = await followOrder(client, disk, folders.own, before, order);
    tree = null;
    published = -1;
    return own;
  }

  /** The state and what the database says; both are made on the very first start. */
  async function start(): Promise<{ state: OwnState; head: DatabaseHead }> {
    const state = await ordered(await ownState());
    const head = await readHead(client, (state?.size ?? 0) - 1);
    if (state && head) return { state, head };
    if (head) {
      const sentence = `The database holds epoch ${head.epoch} of ${head.origin}, and the notary's own state is gone.`;
      throw new Halt("state_lost", sentence);
    }
    if (state && (state.size > 0 || state.epoch > 1)) {
      throw new Halt(
        "database_disagrees",
        `${state.size} entries were signed, and the database knows no log.`,
      );
    }
    own = state ?? emptyState(randomBytes(8).toString("hex"), 1, []);
    if (!state) await writeOwnState(disk, folders.own, own);
    await beginEpoch(client, own.epoch, own.origin, {}, null);
    return start();
  }

  function compare(state: OwnState, head: DatabaseHead): void {
    const differs = (what: string) =>
      new Halt(
        "database_disagrees",
        `${what}. The database was restored or edited: nothing is numbered or signed until an operator begins a new epoch.`,
      );
    if (head.epoch !== state.epoch || head.origin !== state.origin)
      throw differs(`The notary signs ${state.origin}, and the database is at ${head.origin}`);
    if (head.size < state.size)
      throw differs(`${state.size} entries were signed, and the database numbers only ${head.size}`);
    if (state.size > 0 && head.last?.toString("hex") !== state.last)
      throw differs(`Entry ${state.size - 1} is not the one that was signed`);
  }

  /** The keys to sign with; none where they are lost, which numbering does not wait for. */
  async function signingKeys(state: OwnState): Promise<LogKey[]> {
    const keys = await readKeys(folders.own, place.given).catch((error: unknown) => {
      throw new Halt("key_missing", messageOf(error));
    });
    if (keys.length === 0 && state.signers.length === 0) {
      const key = newKey();
      await keepKey(folders.own, key);
      place.logger.info({ publicKey: key.publicHex }, "made the key that signs the log");
      return [key];
    }
    const lost = await lostKeys(folders.own, state.signers, keys);
    if (lost.length === 0) await alarms.clear("key_missing");
    else {
      const ids = lost.map((publicHex) => verifierOf(state.origin, publicHex).keyId).join(", ");
      const effect = keys.length === 0 ? "nothing is signed" : "the others sign";
      await alarms.raise("key_missing", `The private key ${ids}, which signed this log, is gone: ${effect}.`);
    }
    return keys;
  }

  function writeTiles(epoch: number, tiles: readonly TileFile[]): Promise<void> {
    const folder = epochFolder(folders.log, epoch);
    return disk.keep(
      tiles.map(({ at, bytes }) => ({ path: join(folder, tilePath(at)), bytes })),
      SHARED_FILE,
    );
  }

  /** Appends up to `size`, or as much as fits between two checkpoints. Returns the tiles that were filled. */
  async function append(growing: GrowingTree, epoch: number, size: number): Promise<TileFile[]> {
    const filled: TileFile[] = [];
    const until = clock.now() + PUBLISH_EVERY;
    const reading = leavesOf(client, epoch, growing.size, size);
    for (;;) {
      const leaves = await steps.time("read", () => reading.next());
      if (leaves.done) break;
      for (const { body, hash } of leaves.value) growing.append(body, hash);
      const full = growing.takeFull();
      await steps.time("tiles", () => writeTiles(epoch, full));
      filled.push(...full);
      if (clock.now() >= until) break;
    }
    return filled;
  }

  async function publish(state: OwnState, keys: readonly LogKey[]): Promise<void> {
    const root = Buffer.from(state.root, "hex");
    const head = { origin: state.origin, size: state.size, root };
    await publishCheckpoint(client, disk, folders.log, state.epoch, head, keys);
    if (published < 0) {
      const vkeys = keys.map(({ publicHex }) => verifierOf(state.origin, publicHex).text);
      place.logger.info({ vkeys, size: state.size }, "signing");
    }
    published = state.size;
  }

  async function removePartials(epoch: number, filled: readonly TileFile[]): Promise<void> {
    for (const { at } of filled) {
      const partials = tilePath({ ...at, width: 1 }).replace(/\/1$/, "");
      await disk.removeFolder(join(epochFolder(folders.log, epoch), partials));
    }
  }

  async function treeOf(state: OwnState): Promise<GrowingTree> {
    try {
      return growTree(state.size === 0 ? EMPTY_BORDER : await readBorder(folders.log, state));
    } catch (error) {
      if (!(error instanceof Halt && error.kind === "tiles_disagree")) throw error;
      place.logger.warn(`${error.message} They are made again from the database.`);
      return rebuild(client, disk, folders.log, state);
    }
  }

  async function extend(state: OwnState, keys: readonly LogKey[], size: number): Promise<OwnState> {
    const growing = tree ?? (await steps.time("border", () => treeOf(state)));
    tree = growing;
    const filled = await append(growing, state.epoch, size);
    await steps.time("tiles", () => writeTiles(state.epoch, growing.unfinished()));
    await place.at?.("tiles_written");
    const next: OwnState = {
      ...state,
      size: growing.size,
      root: growing.root().toString("hex"),
      edge: growing.edge().map((hash) => hash.toString("hex")),
      last: growing.last()?.toString("hex") ?? state.last,
      signers: [...(await lostKeys(folders.own, state.signers, keys)), ...keys.map(publicOf)],
    };
    await steps.time("state", () => writeOwnState(disk, folders.own, next));
    own = next;
    await place.at?.("state_written");
    await steps.time("publish", () => publish(next, keys));
    await place.at?.("published");
    await steps.time("tidy", () => removePartials(state.epoch, filled));
    return next;
  }

  async function number(head: DatabaseHead): Promise<Numbered> {
    if (!(await steps.time("look", () => hasFresh(client, head)))) return NOTHING;
    return steps.time("number", () => numberPiece(client, head.epoch, piece));
  }

  async function round(): Promise<Round> {
    const { state, head } = await steps.time("head", start);
    compare(state, head);
    const { count: numbered, isMore } = await number(head);
    await place.at?.("numbered");
    const keys = await steps.time("keys", () => signingKeys(state));
    if (keys.length === 0) return { numbered, isBehind: isMore, signed: null };
    const size = head.size + numbered;
    // What an earlier process wrote down it may not have published.
    if (published < 0 && (state.size > 0 || size === 0))
      await steps.time("publish", () => publish(state, keys));
    const signed = state.size < size ? await extend(state, keys, size) : state;
    return { numbered, isBehind: isMore || signed.size < size, signed };
  }

  async function timed(): Promise<Round> {
    const began = clock.now();
    steps = timeSteps(clock.now);
    try {
      return await round();
    } finally {
      const total = clock.now() - began;
      if (total > LONG_ROUND) place.logger.warn({ total, ms: steps.spent() }, "a round took long");
    }
  }

  return {
    /** Throws Halt, after which the next call reads everything anew; and what is wrong with disk or database. */
    async tick(): Promise<Round> {
      try {
        return await timed();
      } catch (error) {
        own = null;
        tree = null;
        published = -1;
        throw error;
      }
    },
  };
}

export type Notary = ReturnType<typeof createNotary>;
