// One thread that reads the entries of blocks; see blocks.ts.
import { parentPort } from "node:worker_threads";
import { readEntries } from "./entries.ts";

parentPort?.on("message", (bytes: Uint8Array<ArrayBuffer>) => {
  const entries = readEntries(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  const { indexes, marks } = entries;
  parentPort?.postMessage({ bytes, entries }, [bytes.buffer, indexes.buffer, marks.buffer]);
});
