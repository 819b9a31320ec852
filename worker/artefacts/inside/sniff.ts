// What bytes are, by what is in them. A name is never asked. Nothing under inside/ imports #lib but types.

export interface Kind {
  readonly media: string;
  readonly isText: boolean;
  /** Acts where it is opened: markup, documents with scripts. */
  readonly active: string | null;
  /** Is run: binaries, scripts with an interpreter. */
  readonly program: string | null;
}

const quiet = (media: string): Kind => ({ media, isText: false, active: null, program: null });
const acting = (media: string, active: string, isText = false): Kind => ({
  media,
  isText,
  active,
  program: null,
});
const running = (media: string, program: string, isText = false): Kind => ({
  media,
  isText,
  active: null,
  program,
});

/** Magic numbers at the beginning, the longest first where one begins with another. */
const MAGIC: readonly (readonly [bytes: readonly number[], kind: Kind])[] = [
  [[0x7f, 0x45, 0x4c, 0x46], running("application/x-elf", "ELF binary")],
  [[0x4d, 0x5a], running("application/vnd.microsoft.portable-executable", "Windows binary")],
  [[0xca, 0xfe, 0xba, 0xbe], running("application/x-mach-binary", "Mach-O or Java class")],
  [[0xfe, 0xed, 0xfa, 0xce], running("application/x-mach-binary", "Mach-O binary")],
  [[0xfe, 0xed, 0xfa, 0xcf], running("application/x-mach-binary", "Mach-O binary")],
  [[0xce, 0xfa, 0xed, 0xfe], running("application/x-mach-binary", "Mach-O binary")],
  [[0xcf, 0xfa, 0xed, 0xfe], running("application/x-mach-binary", "Mach-O binary")],
  [[0x00, 0x61, 0x73, 0x6d], running("application/wasm", "WebAssembly")],
  [[0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e], running("application/x-archive", "library of objects")],
  [
    [0x4c, 0x00, 0x00, 0x00, 0x01, 0x14, 0x02, 0x00],
    running("application/x-ms-shortcut", "Windows shortcut"),
  ],
  [[0x25, 0x50, 0x44, 0x46], acting("application/pdf", "PDF")],
  [[0x25, 0x21, 0x50, 0x53], acting("application/postscript", "PostScript")],
  [[0x7b, 0x5c, 0x72, 0x74, 0x66], acting("application/rtf", "rich text")],
  [
    [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
    acting("application/x-ole-storage", "Office document or installer"),
  ],
  [[0x50, 0x4b, 0x03, 0x04], quiet("application/zip")],
  [[0x50, 0x4b, 0x05, 0x06], quiet("application/zip")],
  [[0x50, 0x4b, 0x07, 0x08], quiet("application/zip")],
  [[0x1f, 0x8b], quiet("application/gzip")],
  [[0x42, 0x5a, 0x68], quiet("application/x-bzip2")],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], quiet("application/x-xz")],
  [[0x28, 0xb5, 0x2f, 0xfd], quiet("application/zstd")],
  [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], quiet("application/x-7z-compressed")],
  [[0x52, 0x61, 0x72, 0x21, 0x1a, 0x07], quiet("application/vnd.rar")],
  [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], quiet("image/png")],
  [[0xff, 0xd8, 0xff], quiet("image/jpeg")],
  [[0x47, 0x49, 0x46, 0x38], quiet("image/gif")],
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66], quiet("application/vnd.sqlite3")],
];

/** Archives in which nobody here can look. */
export const CLOSED: readonly string[] = [
  "application/x-bzip2",
  "application/x-xz",
  "application/zstd",
  "application/x-7z-compressed",
  "application/vnd.rar",
];

const TAR_MAGIC = 257;

/** Of the oldest form there is no word in the header: its sum says it, with or without signs, as every reader takes it. */
export function isTar(bytes: Buffer): boolean {
  if (bytes.length < 512) return false;
  if (bytes.toString("latin1", TAR_MAGIC, TAR_MAGIC + 5) === "ustar") return true;
  const said = /^[\0 ]*([0-7]+)/.exec(bytes.toString("latin1", 148, 156))?.[1];
  if (said === undefined || bytes[0] === 0) return false;
  let [sum, signed] = [8 * 32, 8 * 32];
  for (let at = 0; at < 512; at++) {
    if (at >= 148 && at < 156) continue;
    sum += bytes.readUInt8(at);
    signed += bytes.readInt8(at);
  }
  return [sum, signed].includes(Number.parseInt(said, 8));
}

export function kindOf(bytes: Buffer): Kind {
  // First, because a tar begins with a name, and that may be any other beginning.
  if (isTar(bytes)) return quiet("application/x-tar");
  const found = MAGIC.find(([magic]) => magic.every((byte, at) => bytes[at] === byte));
  if (found) return found[1];
  const text = textOf(bytes);
  return text === null ? kindOfBytes(bytes) : kindOfText(text);
}

/** Of what is no text: browsers show markup all the same, whatever bytes stand between its letters. */
const SHOWN = /<(?:!doctype\s+html|html|head|body|script|iframe|object|embed|meta|link|style|svg)[\s>/]/i;

function kindOfBytes(bytes: Buffer): Kind {
  const head = bytes.toString("latin1", 0, 8 * HEAD).replaceAll("\0", "");
  if (SVG.test(head)) return acting("image/svg+xml", "SVG");
  if (SHOWN.test(head)) return acting("text/html", "HTML");
  if (head.startsWith("#!")) return running("text/x-script", "script with an interpreter");
  return XML.test(head) ? acting("text/xml", "XML") : quiet("application/octet-stream");
}

/** Null where it is no text in UTF-8 or in UTF-16 with its mark. */
export function textOf(bytes: Buffer): string | null {
  const [first, second] = bytes;
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (!isWide && bytes.subarray(0, 65_536).includes(0)) return null;
  try {
    const encoding = !isWide ? "utf-8" : first === 0xff ? "utf-16le" : "utf-16be";
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null; // it is not, whatever is wrong with it
  }
}

const HEAD = 64 * 1024;
/** As browsers look for markup: leading blanks and comments do not hide it. */
const MARKUP =
  /<(?:!doctype\s+html|html|head|body|script|iframe|frame|object|embed|applet|form|meta|link|style|title|a\s|img|svg|math|video|audio|base|table|div|p>|h1|br)[\s>/]?/i;
const SVG = /<svg[\s>]/i;
const XML = /^\s*<\?xml/i;

function kindOfText(text: string): Kind {
  const head = text.slice(0, HEAD);
  if (head.startsWith("#!")) return running("text/x-script", "script with an interpreter", true);
  if (SVG.test(head)) return acting("image/svg+xml", "SVG", true);
  if (/<\?php\b/i.test(head)) return running("text/x-php", "PHP", true);
  if (MARKUP.test(text.slice(0, 4 * HEAD))) return acting("text/html", "HTML", true);
  if (XML.test(head)) return acting("text/xml", "XML", true);
  if (/^\s*(?:@echo\s+off|powershell\b|<#|param\s*\()/i.test(head))
    return running("text/x-script", "script of Windows", true);
  return {
    media: isJson(text) ? "application/json" : "text/plain",
    isText: true,
    active: null,
    program: null,
  };
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text.slice(0, 1000)) || text.length > 8 * 1024 * 1024) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // it is text that only begins like it
  }
}
