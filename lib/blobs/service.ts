import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Tx } from "../db.ts";
import { translatedDiskError } from "../disk/service.ts";
import { folderOf } from "../env.ts";
import { newId } from "../ids.ts";
import { createFileStore } from "./file-store.ts";
import type { BlobStore, WrittenBlob } from "./port.ts";

export type BlobKind =
  | "bundle"
  | "manifest"
  | "diff"
  | "patch_bundle"
  | "snapshot"
  | "analysis"
  | "image"
  | "artefact"
  | "interdiff";

let opened: { readonly folder: string; readonly store: BlobStore } | undefined;

/** The deployment's blob store, at PILOTHOUSE_BLOBS. */
export function blobStore(): BlobStore {
  const folder = folderOf("PILOTHOUSE_BLOBS");
  if (opened?.folder !== folder) opened = { folder, store: createFileStore(folder) };
  return opened.store;
}

/** Where the bundle of a base commit lies: a cache the worker fills, by name and not by blob id. */
export function baseBundlePath(repositoryId: string, commit: string): string {
  return join(folderOf("PILOTHOUSE_BLOBS"), "bases", `${repositoryId}-${commit}.bundle`);
}

const SALT_BYTES = 32;

export interface StoredBlob extends WrittenBlob {
  readonly id: string;
  readonly salt: Uint8Array<ArrayBuffer>;
}

/** Writes bytes; they count for nothing until `registerBlob` has named them in a transaction. */
export async function storeBytes(source: Readable, maxBytes: number, now: number): Promise<StoredBlob> {
  const id = newId("blob", now);
  const salt = new Uint8Array(randomBytes(SALT_BYTES));
  const written = await blobStore()
    .write(id, source, salt, maxBytes)
    .catch((error: unknown) => {
      throw translatedDiskError(error, "the folder of large contents");
    });
  return { id, salt, ...written };
}

/** The caller records an entry about the run that holds the commitment. */
export async function registerBlob(
  tx: Tx,
  runId: string,
  kind: BlobKind,
  blob: StoredBlob,
  now: number,
): Promise<void> {
  const { id, salt, size, sha256, commitment } = blob;
  await tx.db.blob.create({
    data: { id, runId, kind, size, sha256, salt, commitment, createdAt: new Date(now) },
  });
}
