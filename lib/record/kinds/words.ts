// What a detail may hold: opaque ids, digests, closed words, integers, and the few names that are checked by whoever
// defines them (git refs, time zones, network addresses). Nothing that a person or an agent wrote freely.
import { z } from "zod";

/** `run_01jb3c9q2m8x…`; known by its prefix, opaque beyond it. */
export const id = z.string().regex(/^[a-z]{3}_[0-9A-Za-z_-]{1,80}$/);
/** SHA-256 or a salted commitment, hex. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** A git object, hex. */
export const commit = z.string().regex(/^[0-9a-f]{40}$/);
export const ref = z.string().regex(/^refs\/[^\s~^:?*[\\\p{C}]{1,300}$/u);
export const branch = z.string().regex(/^[^\s~^:?*[\\\p{C}]{1,200}$/u);
/** A name of the product's own, such as that of a driver. */
export const word = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/);
export const words = z.array(word).max(64);
export const count = z.int().min(0);
export const ordinal = z.int().min(1);
/** Milliseconds since 1970. */
export const instant = z.int();
/** A host as the door saw it; an IPv6 one is its /64. */
export const address = z.string().regex(/^[0-9A-Za-z:./-]{0,64}$/);
/** A model as its provider calls it: letters, digits and what such names hold; never a sentence. */
export const modelName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$/);
export const timeZone = z.string().regex(/^[A-Za-z0-9_+/-]{1,64}$/);

export const phase = z.enum(["agent", "verify"]);
export const tier = z.enum(["strong", "weak"]);
/** Free text a person or a runner gave, committed to and kept outside; see `reasonDetail`. */
export const reason = { reason_sha256: digest } as const;
export const role = z.union([
  z.enum(["administrator", "engineering_lead", "security_lead", "reviewer", "auditor", "viewer"]),
  z.templateLiteral(["rol_", z.string().regex(/^[0-9a-z]{1,40}$/)]),
]);
