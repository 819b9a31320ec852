// Run on a disk of one megabyte: writes a blob that fits, one that does not, and after room was made one again.
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { Readable } from "node:stream";
import { blobStore, storeBytes } from "../../blobs/service.ts";
import { diskAlarms } from "../../disk/service.ts";
import { AppError } from "../../errors.ts";

const root = process.argv[2] ?? "";
process.env.PILOTHOUSE_BLOBS = root;
const limit = 64 * 1024 * 1024;
const chunks = (count: number) =>
  Readable.from(Array.from({ length: count }, () => Buffer.alloc(64 * 1024, 7)));
const files = () =>
  readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

const first = await storeBytes(chunks(8), limit, 0);
const refusal = await storeBytes(chunks(64), limit, 0).then(
  () => null,
  (error: unknown) => error,
);
const left = files();
const kept = createHash("sha256")
  .update(await blobStore().read(first.id))
  .digest("hex");
const alarms = await diskAlarms({ PILOTHOUSE_BLOBS: root });
await blobStore().remove(first.id);
const again = await storeBytes(chunks(8), limit, 0);
process.stdout.write(
  JSON.stringify({
    refusal: refusal instanceof AppError ? { code: refusal.code, message: refusal.message } : String(refusal),
    ...{ left, kept, again: again.size },
    alarms: alarms.map(({ state, title }) => [state, title]),
  }),
);
