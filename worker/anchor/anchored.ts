// A checkpoint on its way to a place that somebody else keeps, and what may already lie there.
import { conflict, messageOf } from "#lib/errors.ts";
import { parseCheckpoint } from "#lib/tlog/checkpoint.ts";
import { openNote } from "#lib/tlog/note.ts";

export interface PublishedCheckpoint {
  readonly epoch: number;
  readonly size: number;
  readonly note: string;
  readonly signedAt: Date;
}

/** `<epoch>-<size>`. */
export const anchorName = ({ epoch, size }: Pick<PublishedCheckpoint, "epoch" | "size">): string =>
  `${epoch}-${size}`;

/**
 * Throws conflict unless `kept` says the same of the log as the checkpoint. Cosignatures arrive later, so two notes of
 * one checkpoint may differ in their signature lines; what they sign may not.
 */
export function requireSame(kept: string, checkpoint: PublishedCheckpoint): void {
  let text: string;
  try {
    ({ text } = openNote(kept));
  } catch (error) {
    throw conflict(`The anchor holds something else as ${anchorName(checkpoint)}: ${messageOf(error)}`);
  }
  if (text !== openNote(checkpoint.note).text) {
    throw conflict(
      `The anchor holds another checkpoint as ${anchorName(checkpoint)} than the one the log published: one log, two histories.`,
    );
  }
}

/** The size a kept note speaks of. */
export const sizeOf = (note: string): number => parseCheckpoint(openNote(note).text).size;
