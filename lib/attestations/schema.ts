export interface AttestationRow {
  readonly mergeId: string;
  readonly runId: string;
  readonly commit: string;
  readonly tree: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly envelopes: string;
  readonly digest: string;
  readonly madeAt: Date;
  readonly noteState: "waiting" | "written" | "refused";
  readonly noteReason: string | null;
  readonly notedAt: Date | null;
}

export interface AttestationView {
  readonly mergeId: string;
  readonly commit: string;
  /** SHA-256 of the key that signed; the key itself in base64, as the verifier takes it. */
  readonly keyId: string;
  readonly publicKey: string;
  readonly madeAt: Date;
  readonly note: "waiting" | "written" | "refused";
  /** Why the authority did not take the note. */
  readonly noteReason: string | null;
}
