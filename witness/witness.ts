// A witness: cosigns a log's checkpoint where it can see that the log only grew since the one before. C2SP tlog-witness.
import type { Clock } from "#lib/clock.ts";
import { SECOND } from "#lib/clock.ts";
import { AppError, refused } from "#lib/errors.ts";
import type { Cosigner } from "#lib/tlog/cosignature.ts";
import type { Verifier } from "#lib/tlog/keys.ts";
import { formatNote, formatSignature, type NoteSignature, verifiedBy } from "#lib/tlog/note.ts";
import { type Cosigned, keepFork, originHash, readRecord, writeRecord } from "./records.ts";
import { type AddCheckpoint, parseAddCheckpoint } from "./request.ts";
import { type Answer, isFork, lines, NOTHING, refusalOf, sentence } from "./rules.ts";

export interface WitnessSettings {
  /** Its folder, for this process alone. */
  readonly state: string;
  readonly cosigners: readonly Cosigner[];
  /** Keys of logs; a key's name is the origin it is trusted for. */
  readonly logs: readonly Verifier[];
  readonly clock: Clock;
  /** Told what its owner should know, a sentence at a time. */
  report(line: string): void;
}

export interface Witness {
  /** Answers the body of an add-checkpoint request. */
  add(body: Buffer): Promise<Answer>;
  /** The latest cosigned checkpoint of the log with this origin hash. */
  latest(hash: string): Answer;
}

/** One log: who may sign for it, what was cosigned last, and the turn that is being taken. */
interface Known {
  readonly keys: Verifier[];
  latest: Cosigned | null;
  turn: Promise<unknown>;
}

async function openLogs({ state, logs, cosigners }: WitnessSettings): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  for (const verifier of logs) {
    const log = known.get(verifier.name);
    if (log) log.keys.push(verifier);
    else {
      const latest = await readRecord(state, verifier.name, cosigners);
      known.set(verifier.name, { keys: [verifier], latest, turn: Promise.resolve() });
    }
  }
  return known;
}

/** Requests of one log are decided one after the other: what is checked against is what is replaced. */
function inTurn<T>(log: Known, decide: () => Promise<T>): Promise<T> {
  const turn = log.turn.then(decide);
  log.turn = turn.catch(() => undefined); // whoever asked is told; the next turn is taken all the same
  return turn;
}

function cosign({ cosigners, clock }: WitnessSettings, text: string): NoteSignature[] {
  const seconds = Math.floor(clock.now() / SECOND);
  return cosigners.map((cosigner) => ({
    name: cosigner.name,
    keyId: cosigner.keyId,
    signature: cosigner.cosign(text, seconds),
  }));
}

async function decide(settings: WitnessSettings, log: Known, request: AddCheckpoint): Promise<Answer> {
  const { state, report } = settings;
  const { note, checkpoint } = request;
  const signed = note.signatures.filter(({ name, keyId }) =>
    log.keys.some((key) => key.name === name && key.keyId === keyId),
  );
  if (log.latest && isFork(log.latest, request)) {
    const isNew = await keepFork(state, checkpoint, formatNote({ text: note.text, signatures: signed }));
    if (isNew) report(`${checkpoint.origin} signed two trees of size ${checkpoint.size}; both are kept.`);
  }
  const refusal = refusalOf(log.latest ?? NOTHING, request);
  if (refusal) return refusal;
  const own = cosign(settings, note.text);
  const record = { ...checkpoint, note: formatNote({ text: note.text, signatures: [...signed, ...own] }) };
  await writeRecord(state, record);
  log.latest = record;
  return lines(own.map(formatSignature).join(""));
}

async function add(settings: WitnessSettings, known: Map<string, Known>, body: Buffer): Promise<Answer> {
  const request = parseAddCheckpoint(body);
  const log = known.get(request.checkpoint.origin);
  if (!log) return sentence(404, "This witness does not know that log.");
  if (verifiedBy(request.note, log.keys).length === 0) {
    throw refused("No key that is trusted for this log signed the checkpoint.");
  }
  return inTurn(log, () => decide(settings, log, request));
}

/** Reads what it remembers; throws refused with a sentence where that is damaged. */
export async function openWitness(settings: WitnessSettings): Promise<Witness> {
  const known = await openLogs(settings);
  const byHash = new Map([...known].map(([origin, log]) => [originHash(origin), log]));
  return {
    async add(body) {
      try {
        return await add(settings, known, body);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.code === "bad_input") return sentence(400, error.message);
        if (error.code === "refused") return sentence(403, error.message);
        throw error;
      }
    },
    latest(hash) {
      const note = byHash.get(hash)?.latest?.note;
      return note === undefined ? sentence(404, "No checkpoint of that log was cosigned here.") : lines(note);
    },
  };
}
