import type { Readable } from "node:stream";

/** Bytes kept outside the database, by blob id. Written once, never changed. */
export interface BlobStore {
  /**
   * Stores a stream of at most `maxBytes`. Nothing is kept when it is longer, or ends early.
   * Returns size in bytes, SHA-256 and SHA-256(salt ‖ bytes), both hex.
   */
  write(id: string, source: Readable, salt: Uint8Array, maxBytes: number): Promise<WrittenBlob>;
  /** Throws unavailable when the bytes are not there. */
  open(id: string): Promise<Readable>;
  read(id: string): Promise<Buffer>;
  /** Deletes the bytes and what is left of an upload that broke off; what is gone already is fine. */
  remove(id: string): Promise<void>;
  /** What lies there, whether or not anything names it: whole files and uploads that broke off. */
  list(): AsyncIterable<StoredFile>;
  /** For handing a file to a sandbox. */
  path(id: string): string;
}

export interface StoredFile {
  readonly id: string;
  /** Milliseconds, by the file system's clock. */
  readonly modifiedAt: number;
}

export interface WrittenBlob {
  readonly size: number;
  readonly sha256: string;
  readonly commitment: string;
}
