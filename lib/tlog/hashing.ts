// RFC 6962 section 2.1: leaves and nodes are hashed under different prefixes, so neither passes for the other.
import { hash } from "node:crypto";

/** 32 bytes of SHA-256. */
export type Hash = Buffer;

export const HASH_BYTES = 32;

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

const sha256 = (...parts: readonly Uint8Array[]): Hash => hash("sha256", Buffer.concat(parts), "buffer");

/** Root of the tree without leaves. */
export const EMPTY_ROOT: Hash = sha256();

export const leafHash = (leaf: Uint8Array): Hash => sha256(LEAF, leaf);

export const nodeHash = (left: Uint8Array, right: Uint8Array): Hash => sha256(NODE, left, right);
