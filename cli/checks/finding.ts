export interface Finding {
  readonly ok: boolean;
  /** What was looked at, in a few words. */
  readonly name: string;
  /** Fine: what was found. Not fine: one sentence that says what is wrong and what to do. */
  readonly sentence: string;
}

export const fine = (name: string, sentence: string): Finding => ({ ok: true, name, sentence });
export const failed = (name: string, sentence: string): Finding => ({ ok: false, name, sentence });
