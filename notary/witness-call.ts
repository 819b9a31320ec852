// C2SP tlog-witness, the client's side of one call: what is sent, and what the answer means.
import { messageOf } from "#lib/errors.ts";
import { parseDecimal } from "#lib/tlog/encoding.ts";
import type { Hash } from "#lib/tlog/hashing.ts";
import type { Verifier } from "#lib/tlog/keys.ts";
import { type NoteSignature, openNote, parseSignatureLines, verifiedBy } from "#lib/tlog/note.ts";

export interface Witness {
  readonly verifier: Verifier;
  /** The verifier's text as it was given. */
  readonly vkey: string;
  /** Submission prefix. */
  readonly url: string;
}

export type Answer =
  | { readonly kind: "cosigned"; readonly signatures: readonly NoteSignature[] }
  /** It cosigned this size last. */
  | { readonly kind: "other_size"; readonly size: number }
  /** What it knows is no beginning of ours. */
  | { readonly kind: "inconsistent"; readonly sentence: string }
  | { readonly kind: "no_answer"; readonly sentence: string };

const ANSWER_BYTES = 64 * 1024;

export function requestBody(old: number, proof: readonly Hash[], note: string): string {
  return `old ${old}\n${proof.map((hash) => `${hash.toString("base64")}\n`).join("")}\n${note}`;
}

/** A witness is not trusted to be brief. */
async function shortText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    length += part.value.length;
    if (length > ANSWER_BYTES) throw new Error("the answer is too long");
    parts.push(part.value);
  }
  return Buffer.concat(parts).toString("utf8");
}

function cosigned(witness: Witness, note: string, lines: string): Answer {
  const { keyId, name } = witness.verifier;
  const signatures = parseSignatureLines(lines).filter((one) => one.keyId === keyId && one.name === name);
  const isSigned = verifiedBy({ text: openNote(note).text, signatures }, [witness.verifier]).length === 1;
  return isSigned
    ? { kind: "cosigned", signatures }
    : { kind: "no_answer", sentence: "It answered without its own cosignature." };
}

function understood(witness: Witness, old: number, note: string, status: number, text: string): Answer {
  if (status === 200) return cosigned(witness, note, text);
  const size = status === 409 ? parseDecimal(text.replace(/\n$/, "")) : null;
  if (size !== null && size !== old) return { kind: "other_size", size };
  if (status === 409)
    return { kind: "inconsistent", sentence: `It cosigned another tree of ${old} entries.` };
  if (status === 422)
    return { kind: "inconsistent", sentence: `The ${old} entries it knows are no beginning of this log.` };
  return { kind: "no_answer", sentence: `It answers with status ${status}.` };
}

/** Never throws for what a witness does. `timeout` in milliseconds. */
export async function callWitness(
  witness: Witness,
  old: number,
  proof: readonly Hash[],
  note: string,
  timeout: number,
): Promise<Answer> {
  try {
    const response = await fetch(`${witness.url.replace(/\/$/, "")}/add-checkpoint`, {
      method: "POST",
      body: requestBody(old, proof, note),
      redirect: "error",
      signal: AbortSignal.timeout(timeout),
    });
    return understood(witness, old, note, response.status, await shortText(response));
  } catch (error) {
    return { kind: "no_answer", sentence: `It does not answer as a witness does: ${messageOf(error)}.` };
  }
}
