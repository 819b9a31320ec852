// C2SP signed-note: a text, an empty line, and lines of signatures over the text. A line by a key nobody asked about is
// passed over; one that claims a known key and does not verify makes the whole note refused.
import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { badInput, refused } from "#lib/errors.ts";
import { isCosignature } from "./cosignature.ts";
import { isPlainText, parseBase64 } from "./encoding.ts";
import { ED25519, isKeyName, newVerifier, type Verifier } from "./keys.ts";

/** Sixteen signatures of near 5 kB must fit; a post-quantum note of a hundred lines is not one of ours. */
export const MAX_NOTE_BYTES = 256 * 1024;
const MAX_SIGNATURES = 100;
const KEY_ID_BYTES = 4;

export interface NoteSignature {
  readonly name: string;
  /** Eight hex digits. */
  readonly keyId: string;
  /** What follows the key id. */
  readonly signature: Buffer;
}

export interface Note {
  /** With its last newline, without the empty line. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** With its newline. */
export function formatSignature({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([Buffer.from(keyId, "hex"), signature]).toString("base64")}\n`;
}

function parseSignature(line: string): NoteSignature {
  const [, name = "", base64 = ""] = /^— ([^ ]+) ([^ ]+)$/u.exec(line) ?? [];
  const bytes = parseBase64(base64);
  if (!isKeyName(name) || !bytes || bytes.length <= KEY_ID_BYTES) {
    throw badInput("A signature line is a dash, a key name and base64 of a key id and a signature.");
  }
  return { name, keyId: bytes.toString("hex", 0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
}

/** Text of untrusted bytes. Throws bad_input for malformed UTF-8, control characters and what is too long. */
function decoded(note: string | Uint8Array): string {
  if (Buffer.byteLength(note) > MAX_NOTE_BYTES) throw badInput(`A note has ${MAX_NOTE_BYTES} bytes at most.`);
  let text: string;
  try {
    text =
      typeof note === "string"
        ? note
        : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(note);
  } catch {
    throw badInput("A note is UTF-8, and this is not.");
  }
  if (!isPlainText(text)) throw badInput("A note holds no control characters but newlines.");
  return text;
}

/** What a witness answers: one or more signature lines. */
export function parseSignatureLines(answer: string | Uint8Array): NoteSignature[] {
  const lines = decoded(answer);
  if (!lines.endsWith("\n")) throw badInput("A signature line ends with a newline.");
  const signatures = lines.slice(0, -1).split("\n");
  if (signatures.length > MAX_SIGNATURES) throw badInput(`A note has ${MAX_SIGNATURES} signatures at most.`);
  return signatures.map(parseSignature);
}

/** Takes a note apart without trusting it: nothing is verified yet. */
export function openNote(note: string | Uint8Array): Note {
  const whole = decoded(note);
  const at = whole.lastIndexOf("\n\n");
  if (at < 0) throw badInput("A note is a text, an empty line, and signature lines.");
  return { text: whole.slice(0, at + 1), signatures: parseSignatureLines(whole.slice(at + 2)) };
}

export function formatNote({ text, signatures }: Note): string {
  const note = `${text}\n${signatures.map(formatSignature).join("")}`;
  if (openNote(note).text !== text) throw badInput("The text of a note ends with a newline.");
  return note;
}

function verifies(verifier: Verifier, text: string, signature: Buffer): boolean {
  if (verifier.type !== ED25519) return isCosignature(verifier, text, signature);
  return verify(null, Buffer.from(text), verifier.publicKey, signature);
}

/** Which of `verifiers` signed the note. Throws refused where a line is of one of them and does not verify. */
export function verifiedBy(note: Note, verifiers: readonly Verifier[]): Verifier[] {
  return verifiers.filter((verifier) => {
    const own = note.signatures.filter(
      ({ name, keyId }) => name === verifier.name && keyId === verifier.keyId,
    );
    if (!own.every(({ signature }) => verifies(verifier, note.text, signature))) {
      throw refused(`A signature of ${verifier.name} on this note does not verify.`);
    }
    return own.length > 0;
  });
}

export interface Signer extends Verifier {
  sign(text: string): Buffer;
}

/** Signs notes with an Ed25519 key. */
export function newSigner(name: string, privateKey: KeyObject): Signer {
  return {
    ...newVerifier(name, createPublicKey(privateKey), ED25519),
    sign: (text) => sign(null, Buffer.from(text), privateKey),
  };
}

export function signNote(text: string, signers: readonly Signer[]): string {
  const signatures = signers.map(({ name, keyId, sign: signed }) => ({
    name,
    keyId,
    signature: signed(text),
  }));
  return formatNote({ text, signatures });
}
