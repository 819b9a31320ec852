// What one hostile file may cost. Whatever ends here is said to be unreadable; it is never half read.

export const BOUNDS = {
  /** Larger files are not parsed. The largest hand-written test file we know of has a tenth of it. */
  fileBytes: 1024 * 1024,
  milliseconds: 3_000,
  nodes: 400_000,
  depth: 400,
} as const;

export class Unreadable extends Error {
  readonly why: string;

  constructor(why: string) {
    super(why);
    this.name = "Unreadable";
    this.why = why;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The text of a file, or why there is none. */
export function textOf(content: Uint8Array, most: number = BOUNDS.fileBytes): string {
  if (content.length > most) throw new Unreadable(`it has ${content.length} bytes; at most ${most} are read`);
  try {
    return decoder.decode(content);
  } catch (error) {
    if (error instanceof TypeError) throw new Unreadable("its bytes are no UTF-8");
    throw error;
  }
}
