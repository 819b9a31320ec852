// The log as its files show it, whether anything runs or not: the last checkpoint, and the keys that sign.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { DAY, HOUR, MINUTE, SECOND } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { parseCheckpoint } from "#lib/tlog/checkpoint.ts";
import { openNote } from "#lib/tlog/note.ts";
import { lostKeys, readKeys, verifierOf } from "#notary/keys.ts";
import { type OwnState, readOwnState } from "#notary/own-state.ts";
import { readPublished } from "#notary/publish.ts";
import type { Layout } from "../layout.ts";
import { type Finding, failed, fine } from "./finding.ts";

const NAME = "Log";

const UNITS = [
  [DAY, "d"],
  [HOUR, "h"],
  [MINUTE, "min"],
] as const;

/** `3 d`, `5 min`, `12 s`. */
export function inWords(milliseconds: number): string {
  const [length, unit] = UNITS.find(([one]) => milliseconds >= one) ?? [SECOND, "s"];
  return `${Math.max(0, Math.floor(milliseconds / length))} ${unit}`;
}

async function describe(
  { log }: Layout,
  state: OwnState,
  keyIds: readonly string[],
  now: number,
): Promise<Finding> {
  const note = await readPublished(log, state.epoch);
  if (note === null)
    return failed(NAME, `There is no checkpoint of ${state.origin} in ${log}; see the log of the notary.`);
  const { size } = parseCheckpoint(openNote(note).text);
  const { mtimeMs } = await stat(join(log, String(state.epoch), "checkpoint"));
  const keys = `${keyIds.length === 1 ? "key" : "keys"} ${keyIds.join(", ")}`;
  return fine(
    NAME,
    `${state.origin}: checkpoint over ${size} entries, written ${inWords(now - mtimeMs)} ago, ${keys}.`,
  );
}

/** Changes nothing. `now` in milliseconds since 1970. */
export async function checkLog(
  layout: Layout,
  now: number,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Finding> {
  try {
    const state = await readOwnState(layout.notary);
    if (!state)
      return fine(NAME, "It begins, and its key is made, when the notary starts for the first time.");
    const given = { pem: env.PILOTHOUSE_LOG_KEY, file: env.PILOTHOUSE_LOG_KEY_FILE };
    const keys = await readKeys(layout.notary, given);
    const idOf = (publicHex: string) => verifierOf(state.origin, publicHex).keyId;
    const lost = await lostKeys(layout.notary, state.signers, keys);
    if (lost.length > 0) {
      return failed(
        NAME,
        `The key ${lost.map(idOf).join(", ")}, which signed the log, is gone: bring it back, or add one with ` +
          "`npm run log -- rotate-key` and give it up with `npm run log -- retire-key ID`.",
      );
    }
    return await describe(
      layout,
      state,
      keys.map(({ publicHex }) => idOf(publicHex)),
      now,
    );
  } catch (error) {
    return failed(NAME, `The log's files cannot be read: ${messageOf(error)}`);
  }
}
