// What is said of artefacts, in words. Pure.
import type { ArtefactRule, ArtefactState } from "#lib/artefacts/schema.ts";
import type { Tone } from "../status.ts";

export const STATE_WORDS: Readonly<Record<ArtefactState, { readonly word: string; readonly tone: Tone }>> = {
  quarantined: { word: "Quarantined", tone: "wait" },
  scanned: { word: "Scanned", tone: "need" },
  refused: { word: "Refused", tone: "bad" },
  promoted: { word: "Promoted", tone: "good" },
  deleted: { word: "Deleted", tone: "wait" },
};

export const RULE_WORDS: Readonly<Record<ArtefactRule, string>> = {
  symlink: "a symbolic link",
  hardlink: "a file with another name elsewhere",
  fifo: "a named pipe",
  socket: "a socket",
  device: "a device",
  sparse: "a file with holes",
  empty: "an empty file",
  name: "a name that is not taken: too long, no UTF-8, or with control characters",
  depth: "too many folders deep",
  count: "more artefacts than the charter allows",
  bytes: "more bytes than the charter allows",
  unreadable: "could not be read",
  secret: "a key or a password",
  active: "content that acts where it is opened",
  program: "a program",
  archive_path: "an archive with a way out of its folder",
  archive_link: "an archive with links",
  archive_special: "an archive with devices or pipes",
  archive_ratio: "an archive that grows out of all proportion",
  archive_entries: "an archive with too many entries",
  archive_nested: "archives too deep in archives",
  archive_encrypted: "an archive that is encrypted",
  archive_unreadable: "an archive that cannot be read to its end",
  contents_unsearched: "contents in which nobody looked for secrets",
};

/** First letter large. */
export const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
