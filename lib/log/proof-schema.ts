// A proof as a page shows it. Hashes are hex.

/** One step of the way from the leaf to the root. */
export interface ProofStep {
  readonly hash: string;
  /** On which side of the path it is joined. */
  readonly side: "left" | "right";
  /** 1 joins a pair of leaves. */
  readonly level: number;
  /** What the hash covers: the leaves `begin` up to but not including `end`. */
  readonly begin: number;
  readonly end: number;
}

export interface NoteSignatureView {
  readonly name: string;
  /** Eight hex digits. */
  readonly keyId: string;
  readonly kind: "log" | "witness";
  /** When the witness says it signed; the log does not say. */
  readonly at: Date | null;
}

/** Where an entry stands in the log. */
export interface LeafPlace {
  readonly epoch: number;
  readonly origin: string;
  readonly index: number;
}

export type ProofView =
  /** Written, and the notary has not numbered it yet or not signed so far. */
  | { readonly state: "waiting"; readonly place: LeafPlace | null }
  /** The proof cannot be made here now; `why` is a sentence. */
  | { readonly state: "unavailable"; readonly place: LeafPlace; readonly why: string }
  /** What is stored here contradicts what was signed; `why` is a sentence. */
  | { readonly state: "contradicted"; readonly place: LeafPlace; readonly why: string }
  | ({ readonly state: "proved" } & Proof);

/** An inclusion proof that was checked before it was shown. */
export interface Proof {
  readonly place: LeafPlace;
  readonly size: number;
  readonly leaf: string;
  /** From the leaf upwards. */
  readonly path: readonly ProofStep[];
  readonly root: string;
  readonly signedAt: Date;
  /** The signed note. */
  readonly note: string;
  readonly signatures: readonly NoteSignatureView[];
}
