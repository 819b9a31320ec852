import { z } from "zod";

export const SignIn = z.object({
  email: z
    .string()
    .trim()
    .toLowerCase()
    .min(1, "Write your e-mail address.")
    .max(254, "At most 254 characters."),
  password: z.string().min(1, "Write your password.").max(1000, "At most 1000 characters."),
  /** Where to go afterwards; a path of this site. */
  next: z.string().max(2000).catch("/").default("/"),
});
export type SignIn = z.infer<typeof SignIn>;

export const UseLink = z
  .object({
    token: z.string().max(100),
    password: z.string().max(1000, "At most 1000 characters."),
    again: z.string().max(1000),
  })
  .refine((input) => input.password === input.again, {
    path: ["again"],
    message: "The two passwords differ.",
  });
export type UseLink = z.infer<typeof UseLink>;

/** Who is at the door, for the record. `address` has been normalised. */
export interface Visitor {
  readonly address: string;
  readonly userAgent: string;
}

export interface OpenedSession {
  readonly sessionId: string;
  readonly personId: string;
  readonly expiresAt: Date;
}

export interface OneTimeLink {
  readonly token: string;
  /** Path of the page that takes the token. */
  readonly path: string;
  readonly expiresAt: Date;
}

export type LinkState =
  | { readonly state: "usable"; readonly name: string; readonly email: string; readonly expiresAt: Date }
  | { readonly state: "unknown" | "used" | "expired" };

export interface SessionView {
  readonly id: string;
  readonly personId: string;
  readonly personName: string;
  readonly method: "password" | "link" | "sso";
  readonly address: string;
  readonly userAgent: string;
  readonly createdAt: Date;
  /** At the latest. */
  readonly expiresAt: Date;
  readonly lastSeenAt: Date;
  /** The one that looks. */
  readonly isThis: boolean;
}

export const OneSession = z.object({ sessionId: z.string().min(1).max(100) });

export const ChangePassword = z
  .object({
    current: z.string().min(1, "Write your present password.").max(1000, "At most 1000 characters."),
    password: z.string().max(1000, "At most 1000 characters."),
    again: z.string().max(1000),
  })
  .refine((input) => input.password === input.again, {
    path: ["again"],
    message: "The two passwords differ.",
  });
export type ChangePassword = z.infer<typeof ChangePassword>;
