// What each hash of an inclusion proof covers, for drawing it.
import type { Hash } from "../tlog/hashing.ts";
import type { ProofStep } from "./proof-schema.ts";

/** Largest power of two below `width`; `width` is at least 2. */
function halfOf(width: number): number {
  let half = 1;
  while (half * 2 < width) half *= 2;
  return half;
}

/** RFC 9162 section 2.1.3.1, from the leaf upwards: `proof` in the same order. */
export function inclusionSteps(index: number, size: number, proof: readonly Hash[]): ProofStep[] {
  const steps: Omit<ProofStep, "hash">[] = [];
  let begin = 0;
  let end = size;
  while (end - begin > 1) {
    const middle = begin + halfOf(end - begin);
    const level = Math.ceil(Math.log2(end - begin));
    if (index < middle) {
      steps.push({ side: "right", level, begin: middle, end });
      end = middle;
    } else {
      steps.push({ side: "left", level, begin, end: middle });
      begin = middle;
    }
  }
  if (steps.length !== proof.length)
    throw new RangeError(`${proof.length} hashes do not prove leaf ${index} of ${size}`);
  return steps.reverse().map((step, at) => ({ hash: (proof[at] as Hash).toString("hex"), ...step }));
}
