// One thread that reads blocks of lines; see blocks.ts.
import { parentPort } from "node:worker_threads";
import { readLines } from "./lines.ts";

parentPort?.on("message", (bytes: Uint8Array<ArrayBuffer>) => {
  const lines = readLines(Buffer.from(bytes.buffer));
  parentPort?.postMessage({ bytes, lines }, [bytes.buffer, lines.marks.buffer, lines.indexes.buffer]);
});
parentPort?.postMessage("ready");
