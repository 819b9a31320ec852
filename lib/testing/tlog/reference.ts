// The definitions of RFC 6962 section 2.1 as they stand in its text: by recursion from the root down to the leaf data,
// and with the names of the text. Written in another way than lib/tlog on purpose, so that the two agree only when both
// are right. D[a:b] is passed as (a, b); perfect subtrees are remembered, else every size up to 10,000 would take hours.
import { createHash } from "node:crypto";

const sha = (...parts: readonly Uint8Array[]): Buffer => {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.digest();
};

/** k: the largest power of two smaller than n. */
const k = (n: number): number => 2 ** (32 - Math.clz32(n - 1) - 1);

export interface Reference {
  MTH(a: number, b: number): Buffer;
  PATH(m: number, a: number, b: number): Buffer[];
  /** 0 < m ≤ n, as in the text. */
  PROOF(m: number, n: number): Buffer[];
}

export function reference(D: readonly Uint8Array[]): Reference {
  const perfect = new Map<string, Buffer>();

  function hashed(a: number, b: number): Buffer {
    if (b === a) return sha();
    if (b - a === 1) return sha(Buffer.of(0), D[a] ?? Buffer.of());
    return sha(Buffer.of(1), MTH(a, a + k(b - a)), MTH(a + k(b - a), b));
  }

  function MTH(a: number, b: number): Buffer {
    const known = perfect.get(`${a}:${b}`);
    if (known) return known;
    const root = hashed(a, b);
    if (Number.isInteger(Math.log2(b - a))) perfect.set(`${a}:${b}`, root);
    return root;
  }

  function PATH(m: number, a: number, b: number): Buffer[] {
    if (b - a === 1) return [];
    const split = k(b - a);
    return m < split
      ? PATH(m, a, a + split).concat(MTH(a + split, b))
      : PATH(m - split, a + split, b).concat(MTH(a, a + split));
  }

  function SUBPROOF(m: number, a: number, b: number, isComplete: boolean): Buffer[] {
    if (m === b - a) return isComplete ? [] : [MTH(a, b)];
    const split = k(b - a);
    return m <= split
      ? SUBPROOF(m, a, a + split, isComplete).concat(MTH(a + split, b))
      : SUBPROOF(m - split, a + split, b, false).concat(MTH(a, a + split));
  }

  return { MTH, PATH, PROOF: (m, n) => SUBPROOF(m, 0, n, true) };
}

/** Which way PATH turns, from the root: the one thing of a size that an inclusion proof depends on. */
export function turnsOfPath(m: number, n: number): string {
  if (n <= 1) return "";
  return m < k(n) ? `l${turnsOfPath(m, k(n))}` : `r${turnsOfPath(m - k(n), n - k(n))}`;
}

/** The same of PROOF. */
export function turnsOfProof(m: number, n: number): string {
  if (m >= n) return "";
  return m <= k(n) ? `l${turnsOfProof(m, k(n))}` : `r${turnsOfProof(m - k(n), n - k(n))}`;
}
