import { dirname } from "node:path";
import { shownBytes } from "#lib/disk/rules.ts";
import { lookAt } from "#lib/disk/service.ts";
import { type Finding, failed, fine } from "./finding.ts";

/** Room where the deployment keeps its data, or will. Low space is told, no space fails. */
export async function checkDisk(data: string): Promise<Finding> {
  const name = "Free space";
  const [found] = await lookAt([{ title: "The data folder", path: data }]);
  if (!found) {
    const parent = dirname(data);
    if (parent === data) return failed(name, `${data} is on no disk that can be read.`);
    return checkDisk(parent);
  }
  if (found.state === "full") return failed(name, found.sentence);
  const { free, total } = found.space;
  const room = `${shownBytes(free)} of ${shownBytes(total)} are free at ${found.path}.`;
  return fine(name, found.state === "low" ? `${room} That is little: ${found.sentence}` : room);
}
