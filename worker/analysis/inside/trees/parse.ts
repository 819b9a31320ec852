// Source code to plain trees, by the grammars of tree-sitter. They run as WebAssembly: memory of their own, and a
// parse that takes too long is ended from inside.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import TreeSitter, { type Language, type Parser, type TreeCursor } from "@vscode/tree-sitter-wasm";
import { BOUNDS, Unreadable } from "./bounds.ts";

export type Grammar = "javascript" | "typescript" | "tsx" | "python" | "go" | "java" | "bash";

/** A node with all that is asked of it later; the parser's own memory is free again. */
export interface Syntax {
  readonly type: string;
  /** The field of its parent that it stands in. */
  readonly field: string | null;
  readonly isNamed: boolean;
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  readonly endLine: number;
  readonly children: Syntax[];
  /** The whole file's. */
  readonly source: string;
}

export interface Tree {
  readonly root: Syntax;
  /** Parts that the grammar does not know. */
  readonly hasErrors: boolean;
}

const FOLDER = dirname(createRequire(import.meta.url).resolve("@vscode/tree-sitter-wasm"));
const loaded = new Map<Grammar, Promise<Language>>();
let parser: Promise<Parser> | null = null;

async function openParser(): Promise<Parser> {
  await TreeSitter.Parser.init();
  return new TreeSitter.Parser();
}

function languageOf(grammar: Grammar): Promise<Language> {
  const known = loaded.get(grammar);
  if (known) return known;
  const mine = TreeSitter.Language.load(readFileSync(join(FOLDER, `tree-sitter-${grammar}.wasm`)));
  loaded.set(grammar, mine);
  return mine;
}

/** Parses one file within the bounds; throws `Unreadable` beyond them. */
export async function parse(grammar: Grammar, source: string): Promise<Tree> {
  parser ??= openParser();
  const own = await parser;
  own.setLanguage(await languageOf(grammar));
  const end = performance.now() + BOUNDS.milliseconds;
  const progressCallback = () => performance.now() > end;
  const tree = own.parse(source, null, { progressCallback });
  if (tree === null) {
    own.reset();
    throw new Unreadable(`reading it takes more than ${BOUNDS.milliseconds / 1000} seconds`);
  }
  try {
    return { root: plain(tree.walk(), source, end), hasErrors: tree.rootNode.hasError };
  } finally {
    tree.delete();
  }
}

function nodeAt(cursor: TreeCursor, source: string): Syntax {
  return {
    ...{ type: cursor.nodeType, field: cursor.currentFieldName, isNamed: cursor.nodeIsNamed },
    ...{ start: cursor.startIndex, end: cursor.endIndex },
    ...{ line: cursor.startPosition.row + 1, endLine: cursor.endPosition.row + 1 },
    children: [],
    source,
  };
}

/** Copies the tree without recursion: its depth is a stranger's choice. */
function plain(cursor: TreeCursor, source: string, end: number): Syntax {
  const root = nodeAt(cursor, source);
  const path = [root];
  let count = 1;
  const isNew = (): boolean => {
    const node = nodeAt(cursor, source);
    path.at(-1)?.children.push(node);
    path.push(node);
    if (++count > BOUNDS.nodes) throw new Unreadable(`it has more than ${BOUNDS.nodes} parts`);
    if (path.length > BOUNDS.depth) throw new Unreadable(`it is nested more than ${BOUNDS.depth} deep`);
    if (count % 10_000 === 0 && performance.now() > end)
      throw new Unreadable(`reading it takes more than ${BOUNDS.milliseconds / 1000} seconds`);
    return true;
  };
  try {
    for (;;) {
      if (cursor.gotoFirstChild()) {
        isNew();
        continue;
      }
      for (;;) {
        if (path.length === 1) return root;
        path.pop();
        if (cursor.gotoNextSibling()) {
          isNew();
          break;
        }
        if (!cursor.gotoParent() || path.length === 1) return root;
      }
    }
  } finally {
    cursor.delete();
  }
}

export const textIn = ({ source, start, end }: Syntax): string => source.slice(start, end);

export const named = (node: Syntax): Syntax[] => node.children.filter(({ isNamed }) => isNamed);

export const fieldOf = (node: Syntax, name: string): Syntax | null =>
  node.children.find(({ field }) => field === name) ?? null;

/** The node and all below it, parents first. */
export function* everyNode(node: Syntax): Generator<Syntax> {
  yield node;
  for (const child of node.children) yield* everyNode(child);
}

/** On one line, without what does not change its meaning. */
export const shortText = (node: Syntax): string => flat(textIn(node));
export const flat = (text: string): string => text.replaceAll(/\s+/g, " ").trim();
