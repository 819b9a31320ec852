// Archives byte by byte, so that they can be what no archiver writes. POSIX ustar, and PKWARE's APPNOTE for zip.
import { crc32, deflateRawSync } from "node:zlib";

export interface Member {
  readonly name: string;
  readonly content?: Buffer | string;
  /** Of tar: "0" a file, "2" a symbolic link, "3" a device, "x" a header of pax. */
  readonly type?: string;
  /** Of zip: as Unix has it. */
  readonly mode?: number;
  /** Of zip: what its list says of the size, where that is another. */
  readonly said?: number;
  /** Of zip: the name where the entry lies, where that is another. */
  readonly inside?: string;
  readonly isEncrypted?: boolean;
  readonly isStored?: boolean;
}

const BLOCK = 512;
const bytesOf = (content: Buffer | string = ""): Buffer => Buffer.from(content);

function tarHeader({ name, content, type = "0" }: Member): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, "0")}\0`;
  header.write(name, 0, 100);
  header.write(octal(0o644, 8), 100);
  header.write(octal(bytesOf(content).length, 12), 124);
  header.write(" ".repeat(8), 148);
  header.write(type, 156);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

export function tarOf(...members: readonly Member[]): Buffer {
  const blocks = members.flatMap((member) => {
    const content = bytesOf(member.content);
    return [tarHeader(member), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** A header of pax with one word. */
export function pax(key: string, value: string): Member {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (`${length}${rest}`.length !== length) length += 1;
  return { name: "header", type: "x", content: `${length}${rest}` };
}

export function zipOf(...members: readonly Member[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const { name, content, mode = 0o100644, said, inside = name, ...how } of members) {
    const plain = bytesOf(content);
    const packed = how.isStored ? plain : deflateRawSync(plain);
    const head = (named: Buffer): Buffer => {
      const fields = Buffer.alloc(26);
      fields.writeUInt16LE(20, 0);
      fields.writeUInt16LE(how.isEncrypted ? 1 : 0, 2);
      fields.writeUInt16LE(how.isStored ? 0 : 8, 4);
      fields.writeUInt32LE(crc32(plain), 10);
      fields.writeUInt32LE(packed.length, 14);
      fields.writeUInt32LE(said ?? plain.length, 18);
      fields.writeUInt16LE(named.length, 22);
      return fields;
    };
    const [own, there] = [Buffer.from(name), Buffer.from(inside)];
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), head(there), there, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(at, 10);
    central.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x03", "latin1"), head(own), rest, own]));
    locals.push(local);
    at += local.length;
  }
  const list = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, list, Buffer.from("PK\x05\x06"), end]);
}
