/** What the worker reads the log for, entry by entry. */
export type Follower = "findings" | "log_index";

export interface FollowerFault {
  readonly follower: Follower;
  readonly position: number;
  readonly error: string;
  readonly since: Date;
}

/** What operators are told, in words. */
export interface FollowerAlarm {
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  readonly since: Date;
}
