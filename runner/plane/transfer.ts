// Bundles on their way in and out: streamed, never whole in memory, length and SHA-256 checked on both.
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open as openFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import { AppError, messageOf, refused, unavailable } from "#lib/errors.ts";
import { segmentOf } from "#lib/protocol/artefacts.ts";
import { type BundleName, Sha256, Uploaded, UploadedArtefact } from "#lib/protocol/schema.ts";
import { HEADERS } from "#lib/protocol/signing.ts";
import { type LeaseRef, leasePath, parse } from "./client.ts";
import { type Call, failureOf, readJson, type Transport } from "./transport.ts";

/** No bundle either way is larger. */
export const MAX_BUNDLE_BYTES = 2 * 1024 ** 3;

export type Upload = "bundle" | "snapshot";

interface Putting {
  readonly what: Upload | "artefact";
  /** What comes after it in the path. */
  readonly under: string;
}

export interface PlaneTransfers {
  /** Uploads a bundle, or a snapshot to go on from; resolves with the id of its blob. */
  upload(lease: LeaseRef, file: string, signal: AbortSignal, what?: Upload): Promise<string>;
  /** Hands a file in beside the patch, under its path in the checkout; resolves with the artefact's id. */
  uploadArtefact(lease: LeaseRef, file: string, path: string, signal: AbortSignal): Promise<string>;
  /** Writes the bundle to a new file `to`. Throws `refused` when it is not what the plane announced. */
  download(lease: LeaseRef, name: z.infer<typeof BundleName>, to: string, signal: AbortSignal): Promise<void>;
}

export function createPlaneTransfers({ open }: Transport, maxBytes = MAX_BUNDLE_BYTES): PlaneTransfers {
  async function put(lease: LeaseRef, path: string, signal: AbortSignal, { what, under }: Putting) {
    const file = await openFile(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const found = await file.stat();
      if (!found.isFile() || found.size === 0)
        throw refused(`The ${what} to upload is not a file with contents.`);
      if (found.size > maxBytes)
        throw refused(`The ${what} is larger than the ${maxBytes} bytes a run may hand in.`);
      const sha256 = await hashOf(file, found.size);
      const stream = readFrom(file, found.size);
      const call: Call = {
        method: "PUT",
        path: leasePath(lease.leaseId, `/uploads/${what}${under}`),
        body: { stream, size: found.size, sha256 },
        headers: { "content-type": "application/octet-stream", [HEADERS.attempt]: String(lease.attempt) },
        deadline: null,
        signal,
      };
      try {
        return await readJson(await open(call), call);
      } finally {
        stream.destroy();
      }
    } finally {
      await file.close();
    }
  }

  const upload = async (lease: LeaseRef, file: string, signal: AbortSignal, what: Upload = "bundle") =>
    parse(Uploaded, await put(lease, file, signal, { what, under: "" })).blobId;

  async function uploadArtefact(lease: LeaseRef, file: string, path: string, signal: AbortSignal) {
    const named = { what: "artefact", under: `/${segmentOf(path)}` } as const;
    return parse(UploadedArtefact, await put(lease, file, signal, named)).artefactId;
  }

  async function download(lease: LeaseRef, name: string, to: string, signal: AbortSignal): Promise<void> {
    const call: Call = {
      method: "GET",
      path: leasePath(lease.leaseId, `/bundles/${name}`),
      headers: { [HEADERS.attempt]: String(lease.attempt) },
      deadline: null,
      signal,
    };
    const answer = await open(call);
    try {
      const announced = announcedBy(answer, maxBytes);
      const file = await openFile(to, "w", 0o600);
      try {
        await store(answer, file, announced, call);
      } finally {
        await file.close();
      }
    } finally {
      answer.destroy();
    }
  }

  return { upload, uploadArtefact, download };
}

const readFrom = (file: FileHandle, size: number) =>
  file.createReadStream({ start: 0, end: size - 1, autoClose: false, highWaterMark: 256 * 1024 });

async function hashOf(file: FileHandle, size: number): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of readFrom(file, size)) hash.update(chunk);
  return hash.digest("hex");
}

interface Announced {
  readonly size: number;
  readonly sha256: string;
}

function announcedBy(answer: IncomingMessage, maxBytes: number): Announced {
  const sha256 = Sha256.safeParse(answer.headers[HEADERS.sha256]);
  const length = answer.headers[HEADERS.length];
  if (!sha256.success || typeof length !== "string" || !/^\d{1,15}$/.test(length)) {
    throw refused("The control plane sent a bundle without saying its length and SHA-256.");
  }
  if (Number(length) > maxBytes)
    throw refused(`The base bundle of ${length} bytes is larger than ${maxBytes} bytes.`);
  return { size: Number(length), sha256: sha256.data };
}

async function store(
  answer: IncomingMessage,
  file: FileHandle,
  announced: Announced,
  call: Call,
): Promise<void> {
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
      await writeAll(file, chunk);
    }
  } catch (cause) {
    throw cause instanceof AppError ? cause : failureOf(cause, call);
  }
  if (size !== announced.size) throw unavailable("The bundle was cut short on its way.");
  if (hash.digest("hex") !== announced.sha256) {
    throw refused("The bundle is not the one the control plane announced: its SHA-256 differs.");
  }
}

/** A write to a nearly full disk may take only a part. */
async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  let done = 0;
  try {
    while (done < chunk.length) done += (await file.write(chunk, done)).bytesWritten;
  } catch (cause) {
    throw new AppError("refused", `The runner cannot keep the bundle: ${messageOf(cause)}.`, { cause });
  }
}
