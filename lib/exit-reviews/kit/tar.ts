// A POSIX ustar archive: the same files are the same bytes, whenever and wherever it is made.
export interface KitFile {
  /** At most 100 bytes, of ours alone. */
  readonly name: string;
  readonly text: string;
}

const BLOCK = 512;

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, "0")}\0`;

function headerOf(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`a name is too long for the archive: ${name}`);
  const header = Buffer.alloc(BLOCK);
  const put = (at: number, text: string) => header.write(text, at, "utf8");
  put(0, name);
  put(100, octal(0o644, 8));
  put(108, octal(0, 8));
  put(116, octal(0, 8));
  put(124, octal(size, 12));
  put(136, octal(0, 12));
  put(148, " ".repeat(8));
  put(156, "0");
  put(257, "ustar\0");
  put(263, "00");
  // The sum of all bytes, its own field counted as blanks.
  put(
    148,
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
  );
  return header;
}

/** In the order of their names. */
export function tarOf(files: readonly KitFile[]): Buffer {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const parts = sorted.flatMap(({ name, text }) => {
    const body = Buffer.from(text, "utf8");
    return [headerOf(name, body.length), body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}
