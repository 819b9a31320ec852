// Object ids and branch names, checked before they become an argument of git. Nothing else reaches its command line.
import { badInput } from "#lib/errors.ts";

export const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const NULL_ID = "0".repeat(40);

/** A full, non-null SHA-1 object id; an empty one would make `update-ref` delete. */
export function objectId(text: string): string {
  if (!/^[0-9a-f]{40}$/.test(text) || text === NULL_ID) {
    throw badInput("That is not a full commit id: 40 hexadecimal digits are needed.");
  }
  return text;
}

const CONTROL_OR_MAGIC = /[\p{Cc} ~^:?*[\\]/u;

/** Why `name` cannot be a branch name, or null. The rules of `git check-ref-format --branch`, and no more. */
export function branchNameProblem(name: string): string | null {
  if (name === "") return "A branch name cannot be empty.";
  if (Buffer.byteLength(name) > 200) return "A branch name can have at most 200 bytes.";
  if (name.startsWith("-")) return "A branch name cannot begin with a dash.";
  if (name === "HEAD" || name === "@") return `“${name}” is not a branch name; give a name such as main.`;
  if (CONTROL_OR_MAGIC.test(name))
    return "A branch name cannot hold spaces, control characters or any of ~ ^ : ? * [ \\.";
  if (name.includes("..") || name.includes("@{")) return "A branch name cannot hold .. or @{.";
  if (name.endsWith(".")) return "A branch name cannot end with a dot.";
  for (const part of name.split("/")) {
    if (part === "") return "A branch name cannot begin or end with a slash, or hold two in a row.";
    if (part.startsWith(".")) return "No part of a branch name can begin with a dot.";
    if (part.endsWith(".lock")) return "No part of a branch name can end with .lock.";
  }
  return null;
}

export function branchName(name: string): string {
  const problem = branchNameProblem(name);
  if (problem !== null) throw badInput(problem);
  return name;
}

/** Where the mirror keeps a branch of the upstream. */
export const upstreamRef = (branch: string): string => `refs/upstream/heads/${branchName(branch)}`;
/** Our own branch, the authority of a repository that has no upstream. */
export const ownRef = (branch: string): string => `refs/pilothouse/heads/${branchName(branch)}`;
