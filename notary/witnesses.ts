// Offers each published checkpoint to the witnesses. Each has a timer of its own: one that is slow or dead delays neither
// the others nor the next checkpoint.
import { readFile } from "node:fs/promises";
import type pg from "pg";
import { type Clock, SECOND } from "#lib/clock.ts";
import { badInput, messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/logger.ts";
import { parseCheckpoint } from "#lib/tlog/checkpoint.ts";
import { ED25519, parseVerifier } from "#lib/tlog/keys.ts";
import { openNote } from "#lib/tlog/note.ts";
import { consistencyProof } from "#lib/tlog/proofs.ts";
import { tileNodes } from "#lib/tlog/tile-files.ts";
import type { Alarms } from "./alarms.ts";
import { epochFolder } from "./border.ts";
import type { Disk } from "./disk.ts";
import { addCosignatures, readPublished } from "./publish.ts";
import { orTell } from "./serve.ts";
import { type Answer, callWitness, type Witness } from "./witness-call.ts";

/** Lines `VKEY URL`; empty ones and those that begin with # say nothing. */
export function parseWitnesses(text: string): Witness[] {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => {
    const [vkey = "", url = "", ...more] = line.split(/\s+/);
    if (more.length > 0 || !/^https?:/.test(url) || !URL.canParse(url))
      throw badInput(`A line of the witness file is "VKEY URL", not "${line}".`);
    const verifier = parseVerifier(vkey);
    if (verifier.type === ED25519)
      throw badInput(`The key of ${verifier.name} signs notes; a witness has a key for cosignatures.`);
    return { verifier, vkey, url };
  });
}

export async function readWitnesses(file: string | undefined): Promise<Witness[]> {
  if (!file) return [];
  try {
    return parseWitnesses(await readFile(file, "utf8"));
  } catch (error) {
    throw badInput(`The witnesses in ${file} cannot be used: ${messageOf(error)}`);
  }
}

export interface WitnessPlace {
  readonly client: pg.ClientBase;
  readonly disk: Disk;
  readonly log: string;
  readonly alarms: Alarms;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds a witness has to answer. */
  readonly timeout: number;
  /** Epoch that is being signed; null before the first checkpoint. */
  epoch(): number | null;
}

interface Offer {
  readonly epoch: number;
  readonly size: number;
  readonly note: string;
}

async function currentOffer(place: WitnessPlace): Promise<Offer | null> {
  const epoch = place.epoch();
  const note = epoch === null ? null : await readPublished(place.log, epoch);
  if (epoch === null || note === null) return null;
  const { size } = parseCheckpoint(openNote(note).text);
  return size === 0 ? null : { epoch, size, note };
}

async function lastSeen(
  { client }: WitnessPlace,
  witness: Witness,
): Promise<{ epoch: number; size: number }> {
  const { rows } = await client.query<{ epoch: number | null; size: string | null }>(
    `insert into log_witness (name, url, verifier) values ($1, $2, $3)
     on conflict (name) do update set url = excluded.url, verifier = excluded.verifier returning epoch, size::text`,
    [witness.verifier.name, witness.url, witness.vkey],
  );
  return { epoch: rows[0]?.epoch ?? 0, size: Number(rows[0]?.size ?? 0) };
}

/** Asks with the size we think it knows; where it knows another one that we had too, once more with that. */
async function ask(place: WitnessPlace, witness: Witness, offer: Offer, known: number): Promise<Answer> {
  const nodes = tileNodes(epochFolder(place.log, offer.epoch), offer.size);
  const call = async (old: number) =>
    callWitness(witness, old, await consistencyProof(old, offer.size, nodes), offer.note, place.timeout);
  const first = await call(known);
  if (first.kind !== "other_size" || first.size > offer.size) return first;
  return call(first.size);
}

export function createWitnessRounds(place: WitnessPlace) {
  const contradictions = new Map<string, string>();

  async function tellAlarm(name: string, sentence: string | null): Promise<void> {
    if (sentence === null) contradictions.delete(name);
    else contradictions.set(name, sentence);
    const all = [...contradictions].map(([who, what]) => `${who}: ${what}`).join(" ");
    if (all === "") await place.alarms.clear("witness_refused");
    else await place.alarms.raise("witness_refused", all);
  }

  async function keepRefusal(name: string, sentence: string): Promise<void> {
    await place.client.query(
      `update log_witness set refusal = $2, refused_at = coalesce(refused_at, clock_timestamp()) where name = $1`,
      [name, sentence],
    );
  }

  async function keepAnswer(witness: Witness, offer: Offer, answer: Answer): Promise<boolean> {
    const { name } = witness.verifier;
    if (answer.kind === "cosigned") {
      const note = await addCosignatures(place.client, place.disk, place.log, offer, answer.signatures);
      await place.client.query(
        `update log_witness set epoch = $2, size = $3, cosigned = coalesce($4, cosigned),
           cosigned_at = clock_timestamp(), refusal = null, refused_at = null where name = $1`,
        [name, offer.epoch, offer.size, note],
      );
      await tellAlarm(name, null);
      return true;
    }
    const sentence =
      answer.kind === "other_size"
        ? `It cosigned ${answer.size} entries of this log, which has ${offer.size}.`
        : answer.sentence;
    await keepRefusal(name, sentence);
    if (answer.kind !== "no_answer") await tellAlarm(name, sentence);
    return false;
  }

  return {
    /** One offer to one witness. True where it has what there is. */
    async offer(witness: Witness): Promise<boolean> {
      const offer = await currentOffer(place);
      if (!offer) return true;
      const seen = await lastSeen(place, witness);
      const known = seen.epoch === offer.epoch ? seen.size : 0;
      if (known === offer.size) return true;
      return keepAnswer(witness, offer, await ask(place, witness, offer, Math.min(known, offer.size)));
    },

    /** Until the signal; a second between offers, five after a failure. */
    async run(witness: Witness, signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        const what = `offering a checkpoint to ${witness.verifier.name} failed`;
        const isWell = await orTell(place.logger, what, () => this.offer(witness));
        await place.clock.sleep(isWell ? SECOND : 5 * SECOND, signal).catch(() => undefined); // asked to stop
      }
    },
  };
}
