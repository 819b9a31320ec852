// Archives with names that no archiver writes by itself. Bytes by the formats: POSIX ustar, and PKWARE's APPNOTE for zip.
import { crc32 } from "node:zlib";

interface Member {
  readonly name: string;
  /** Where it leads, where it is a symbolic link. */
  readonly link?: string;
}

const BLOCK = 512;
const CONTENT = Buffer.from("evil\n");

function headerOf({ name, link }: Member): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, "0")}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(link === undefined ? CONTENT.length : 0, 12), 124);
  header.write(octal(0, 12), 136);
  header.write(" ".repeat(8), 148);
  header.write(link === undefined ? "0" : "2", 156);
  header.write(link ?? "", 157);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

export function tarOf(...members: readonly Member[]): Buffer {
  const content = Buffer.concat([CONTENT, Buffer.alloc(BLOCK - CONTENT.length)]);
  const blocks = members.flatMap((member) =>
    member.link === undefined ? [headerOf(member), content] : [headerOf(member)],
  );
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** One member, stored as it is. */
export function zipOf(name: string): Buffer {
  const bytes = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt32LE(crc32(CONTENT), 10);
  common.writeUInt32LE(CONTENT.length, 14);
  common.writeUInt32LE(CONTENT.length, 18);
  common.writeUInt16LE(bytes.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, bytes, CONTENT]);
  const central = Buffer.concat([Buffer.from("PK\x01\x02\x14\0"), common, Buffer.alloc(14), bytes]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from("PK\x05\x06"), end]);
}
